"""The first start, invites, and the setting that says who may join."""

from dataclasses import replace

import pytest

from openhearth.access import NOBODY
from openhearth.accounts import OPERATOR, Accounts
from openhearth.accounts.errors import LinkNotFound, NameTaken
from openhearth.config import Settings
from openhearth.config import SignUp as Policy
from openhearth.db import Database
from openhearth.errors import Forbidden, Invalid, Unauthenticated
from tests.accounts.conftest import PASSWORD, StandingClock, browser_of


def secret_of(accounts: Accounts) -> str:
    link = accounts.first_start_link()
    assert link is not None
    return link.removeprefix("/setup/")


def test_the_first_link_makes_the_owner(empty: Accounts) -> None:
    owner = empty.first_start.claim(secret_of(empty), "ada", password=PASSWORD)
    assert owner.is_site_admin
    assert empty.owner_has_password()


def test_the_link_is_void_once_it_is_used(empty: Accounts) -> None:
    secret = secret_of(empty)
    empty.first_start.claim(secret, "ada")
    assert empty.first_start_link() is None
    with pytest.raises(LinkNotFound):
        empty.first_start.check(secret)
    with pytest.raises(LinkNotFound):
        empty.first_start.claim(secret, "eve")
    assert empty.people.find_user("eve") is None


def test_each_start_prints_a_new_link_and_voids_the_one_before(empty: Accounts) -> None:
    first, second = secret_of(empty), secret_of(empty)
    with pytest.raises(LinkNotFound):
        empty.first_start.check(first)
    empty.first_start.check(second)


def test_a_link_outlives_a_name_that_was_refused(empty: Accounts) -> None:
    empty.people.add(OPERATOR, "ben")
    secret = secret_of(empty)
    with pytest.raises(NameTaken):
        empty.first_start.claim(secret, "ben")
    with pytest.raises(Invalid):
        empty.first_start.claim(secret, "no name")
    assert empty.first_start.claim(secret, "ada").name == "ada"


def test_a_guessed_link_opens_nothing(empty: Accounts) -> None:
    with pytest.raises(LinkNotFound):
        empty.first_start.claim("guess", "eve")
    secret_of(empty)
    with pytest.raises(LinkNotFound):
        empty.first_start.claim("guess", "eve")


def test_no_link_is_printed_where_the_operator_made_an_administrator(empty: Accounts) -> None:
    secret = secret_of(empty)
    empty.people.add(OPERATOR, "ada", is_site_admin=True)
    assert empty.first_start_link() is None
    with pytest.raises(LinkNotFound):
        empty.first_start.claim(secret, "eve")


def test_an_owner_without_a_password_is_known_as_such(empty: Accounts) -> None:
    assert not empty.owner_has_password()
    empty.people.add(OPERATOR, "ben", password=PASSWORD)  # has a password, owns nothing
    empty.first_start.claim(secret_of(empty), "ada")
    assert not empty.owner_has_password()


def with_policy(policy: Policy, database: Database, settings: Settings, clock: StandingClock) -> Accounts:
    return Accounts.on(database, settings=replace(settings, sign_up=policy), clock=clock)


def test_where_sign_up_is_open_anybody_joins(
    database: Database, settings: Settings, clock: StandingClock
) -> None:
    hub = with_policy("open", database, settings, clock)
    assert not hub.sign_up.join("zoe", password=PASSWORD).is_site_admin


def test_where_sign_up_is_closed_not_even_an_invite_helps(
    accounts: Accounts, database: Database, settings: Settings, clock: StandingClock
) -> None:
    secret = accounts.sign_up.invite(OPERATOR).secret
    with pytest.raises(Forbidden):
        with_policy("closed", database, settings, clock).sign_up.join(
            "zoe", password=PASSWORD, invite_secret=secret
        )


def test_where_sign_up_is_by_invite_nobody_joins_without(accounts: Accounts) -> None:
    with pytest.raises(Forbidden, match="invite"):
        accounts.sign_up.join("zoe", password=PASSWORD)


def test_an_invite_lets_one_person_join(accounts: Accounts) -> None:
    secret = accounts.sign_up.invite(OPERATOR, note="for zoe").secret
    accounts.sign_up.join("zoe", password=PASSWORD, invite_secret=secret)
    with pytest.raises(LinkNotFound):
        accounts.sign_up.join("zoe2", password=PASSWORD, invite_secret=secret)
    assert [(i.note, i.used_by) for i in accounts.sign_up.list_invites(OPERATOR)] == [("for zoe", "zoe")]


def test_an_invite_outlives_a_name_that_was_refused(accounts: Accounts) -> None:
    secret = accounts.sign_up.invite(OPERATOR).secret
    with pytest.raises(NameTaken):
        accounts.sign_up.join("ada", password=PASSWORD, invite_secret=secret)
    accounts.sign_up.join("zoe", password=PASSWORD, invite_secret=secret)


def test_an_invite_expires_after_a_week(accounts: Accounts, clock: StandingClock) -> None:
    secret = accounts.sign_up.invite(OPERATOR).secret
    clock.move(days=7)
    with pytest.raises(LinkNotFound):
        accounts.sign_up.join("zoe", password=PASSWORD, invite_secret=secret)


def test_a_withdrawn_invite_opens_nothing(accounts: Accounts) -> None:
    new = accounts.sign_up.invite(OPERATOR)
    accounts.sign_up.withdraw(OPERATOR, new.invite.id)
    with pytest.raises(LinkNotFound):
        accounts.sign_up.check_open(new.secret)


def test_only_administrators_invite(accounts: Accounts) -> None:
    with pytest.raises(Unauthenticated):
        accounts.sign_up.invite(NOBODY)
    with pytest.raises(Forbidden):
        accounts.sign_up.invite(browser_of(accounts, "ada"))
    with pytest.raises(Forbidden):
        accounts.sign_up.list_invites(browser_of(accounts, "ada"))
