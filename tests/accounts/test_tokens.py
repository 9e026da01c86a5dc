"""Access tokens: what they open, that they are shown once, and that they end at once."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from openhearth.access import NOBODY, PERMISSIONS, Action, may_manage_namespace
from openhearth.accounts import OPERATOR, Accounts
from openhearth.accounts.errors import TokenInvalid, UserNotFound
from openhearth.accounts.tables import access_tokens
from openhearth.db import Database
from openhearth.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from openhearth.events import RepoDeleted, RepoMoved
from openhearth.kit.names import RepoRef
from openhearth.wire.request import Credentials
from tests.accounts.conftest import StandingClock, browser_of, program_of

BERT = RepoRef("model", "ada", "bert")


def test_nobody_cannot_make_a_token(accounts: Accounts) -> None:
    with pytest.raises(Unauthenticated):
        accounts.tokens.create(NOBODY, name="laptop", scope="read")


def test_a_token_has_the_shape_that_clients_know(accounts: Accounts) -> None:
    new = accounts.tokens.create(browser_of(accounts, "ada"), name="laptop", scope="read")
    assert re.fullmatch(r"hf_[A-Za-z0-9]{34}", new.value)
    assert new.value.endswith(new.token.hint)


def test_the_value_is_neither_stored_nor_printed(accounts: Accounts, database: Database) -> None:
    new = accounts.tokens.create(browser_of(accounts, "ada"), name="laptop", scope="read")
    with database.read() as rows:
        row = rows.execute(sa.select(access_tokens)).one()
    assert new.value not in repr(row)
    assert new.value not in repr(new)


def test_a_token_signs_its_owner_in_with_its_limits(accounts: Accounts) -> None:
    actor = program_of(accounts, "ada", "read")
    assert actor.name == "ada"
    assert actor.token is not None
    assert actor.token.allows(Action.READ, BERT)
    assert not actor.token.allows(Action.WRITE, BERT)


def test_git_may_send_the_token_as_a_password(accounts: Accounts) -> None:
    new = accounts.tokens.create_for(OPERATOR, "ada", name="git", scope="write")
    assert accounts.identify(Credentials(token=new.value, basic_user="anything")).name == "ada"


@pytest.mark.parametrize("value", ["hf_" + "x" * 34, "", "ada", "hf_ä"])
def test_a_token_that_nobody_issued_is_refused_in_the_words_the_client_reads(
    accounts: Accounts, value: str
) -> None:
    with pytest.raises(TokenInvalid, match="Invalid credentials in Authorization header"):
        accounts.identify(Credentials(token=value))


def test_a_revoked_token_opens_nothing_from_then_on(accounts: Accounts) -> None:
    ada = browser_of(accounts, "ada")
    new = accounts.tokens.create(ada, name="laptop", scope="write")
    assert accounts.identify(Credentials(token=new.value)).name == "ada"
    accounts.tokens.revoke(ada, new.token.id)
    with pytest.raises(TokenInvalid):
        accounts.identify(Credentials(token=new.value))
    assert accounts.tokens.list_tokens(ada) == []


def test_a_renewed_token_has_a_new_value_and_the_old_one_ends(accounts: Accounts) -> None:
    ada = browser_of(accounts, "ada")
    old = accounts.tokens.create(ada, name="laptop", scope="read")
    accounts.identify(Credentials(token=old.value))
    new = accounts.tokens.refresh(ada, old.token.id)
    assert accounts.identify(Credentials(token=new.value)).token_id == old.token.id
    with pytest.raises(TokenInvalid):
        accounts.identify(Credentials(token=old.value))


def test_eve_cannot_touch_a_token_of_ada(accounts: Accounts) -> None:
    token = accounts.tokens.create(browser_of(accounts, "ada"), name="laptop", scope="read").token
    eve = browser_of(accounts, "eve")
    with pytest.raises(NotFound):
        accounts.tokens.revoke(eve, token.id)
    with pytest.raises(NotFound):
        accounts.tokens.refresh(eve, token.id)


def test_a_token_cannot_make_or_end_tokens(accounts: Accounts) -> None:
    program = program_of(accounts, "ada", "write")
    with pytest.raises(Forbidden):
        accounts.tokens.create(program, name="more", scope="write")
    with pytest.raises(Forbidden):
        accounts.tokens.revoke(program, str(program.token_id))


def test_nobody_but_the_operator_makes_tokens_for_others(accounts: Accounts) -> None:
    accounts.people.add(OPERATOR, "root_", is_site_admin=True)
    for name in ("root_", "eve"):
        with pytest.raises(Forbidden):
            accounts.tokens.create_for(browser_of(accounts, name), "ada", name="x", scope="write")
    with pytest.raises(UserNotFound):
        accounts.tokens.create_for(OPERATOR, "zoe", name="x", scope="write")


def test_a_known_token_can_be_imported_once(accounts: Accounts) -> None:
    value = "hf_" + "k" * 34
    accounts.tokens.create_for(OPERATOR, "ada", name="known", scope="read", value=value)
    assert accounts.identify(Credentials(token=value)).name == "ada"
    with pytest.raises(Conflict):
        accounts.tokens.create_for(OPERATOR, "ben", name="known", scope="read", value=value)


@pytest.mark.parametrize("value", ["secret", "hf_short", "hf_with space", "hf_" + "x" * 201])
def test_an_import_that_is_no_token_is_refused_without_repeating_it(accounts: Accounts, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.tokens.create_for(OPERATOR, "ada", name="known", scope="read", value=value)
    assert value not in refusal.value.message


def test_a_fine_grained_token_opens_what_was_granted_and_nothing_else(accounts: Accounts) -> None:
    new = accounts.tokens.create(
        browser_of(accounts, "ada"),
        name="ci",
        scope="fineGrained",
        grants={"ada/bert": Action.WRITE, "datasets/ada/cats": Action.READ, "forge": Action.READ},
    )
    limits = accounts.identify(Credentials(token=new.value)).token
    assert limits is not None
    assert limits.allows(Action.WRITE, BERT)
    assert limits.allows(Action.READ, RepoRef("dataset", "ada", "cats"))
    assert not limits.allows(Action.WRITE, RepoRef("dataset", "ada", "cats"))
    assert limits.allows(Action.READ, RepoRef("model", "forge", "any"))
    assert not limits.allows(Action.READ, RepoRef("model", "ada", "other"))


@pytest.mark.parametrize("target", ["", "a/b/c", "models/ada/bert/x", "ada/..", "a b"])
def test_a_grant_must_name_a_repo_or_a_namespace(accounts: Accounts, target: str) -> None:
    with pytest.raises(Invalid):
        accounts.tokens.create(
            browser_of(accounts, "ada"), name="ci", scope="fineGrained", grants={target: Action.READ}
        )


def test_a_fine_grained_token_without_grants_is_refused(accounts: Accounts) -> None:
    with pytest.raises(Invalid, match="grants"):
        accounts.tokens.create(browser_of(accounts, "ada"), name="ci", scope="fineGrained")


def test_permissions_open_what_no_repo_is_named_for(accounts: Accounts) -> None:
    new = accounts.tokens.create(
        browser_of(accounts, "ada"), name="ci", scope="fineGrained", permissions=["inference.run"]
    )
    limits = accounts.identify(Credentials(token=new.value)).token
    assert limits is not None
    assert [permission for permission in PERMISSIONS if limits.permits(permission)] == ["inference.run"]
    assert not limits.allows(Action.READ, BERT)
    with pytest.raises(Invalid, match="grants"):
        accounts.tokens.create(
            browser_of(accounts, "ada"), name="ci", scope="read", permissions=["inference.run"]
        )


def test_a_token_with_an_end_ends(accounts: Accounts, clock: StandingClock) -> None:
    new = accounts.tokens.create(
        browser_of(accounts, "ada"), name="ci", scope="read", lifetime=timedelta(days=7)
    )
    assert accounts.identify(Credentials(token=new.value)).name == "ada"
    clock.move(days=7)
    accounts.identity._known.forget()
    with pytest.raises(TokenInvalid):
        accounts.identify(Credentials(token=new.value))
    for lifetime in (timedelta(), timedelta(days=-1), timedelta(days=9999)):
        with pytest.raises(Invalid, match="lifetime"):
            accounts.tokens.create(browser_of(accounts, "ada"), name="ci", scope="read", lifetime=lifetime)


def test_settings_of_a_namespace_open_to_a_token_that_has_them(accounts: Accounts) -> None:
    accounts.orgs.create(browser_of(accounts, "ada"), "forge")
    for level, may in ((Action.WRITE, False), (Action.ADMIN, True)):
        new = accounts.tokens.create(
            browser_of(accounts, "ada"), name="ci", scope="fineGrained", grants={"forge": level}
        )
        actor = accounts.identify(Credentials(token=new.value))
        assert may_manage_namespace(actor, "forge") == may
        assert not may_manage_namespace(actor, "ada")


def test_a_grant_follows_a_repo_that_moves_and_ends_with_it(accounts: Accounts) -> None:
    moved = RepoRef("model", "forge", "bert")
    new = accounts.tokens.create(
        browser_of(accounts, "ada"), name="ci", scope="fineGrained", grants={"ada/bert": Action.WRITE}
    )

    def allowed(repo: RepoRef) -> bool:
        limits = accounts.identify(Credentials(token=new.value)).token
        return limits is not None and limits.allows(Action.WRITE, repo)

    accounts.tokens.follow_move(RepoMoved(repo_key="k", old=BERT, new=moved))
    assert (allowed(BERT), allowed(moved)) == (False, True)
    accounts.tokens.end_grants(RepoDeleted(repo_key="k", repo=moved))
    assert not allowed(moved)


def test_the_last_use_is_noted_at_most_once_a_minute(accounts: Accounts, clock: StandingClock) -> None:
    ada = browser_of(accounts, "ada")
    value = accounts.tokens.create(ada, name="laptop", scope="read").value
    first = clock.now
    accounts.identify(Credentials(token=value))
    accounts.identity.settle()
    clock.move(seconds=59)
    accounts.orgs.create(OPERATOR, "forge")  # forgets who was known: the next use looks at the row again
    accounts.identify(Credentials(token=value))
    accounts.identity.settle()
    assert accounts.tokens.list_tokens(ada)[0].last_used_at == first
    clock.move(seconds=2)
    accounts.orgs.create(OPERATOR, "anvil")
    accounts.identify(Credentials(token=value))
    accounts.identity.settle()
    assert accounts.tokens.list_tokens(ada)[0].last_used_at == clock.now
