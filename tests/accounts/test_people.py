"""Who may have an account, under which name, and what people say of themselves."""

import pytest

from openhearth.access import NOBODY
from openhearth.accounts import OPERATOR, Accounts
from openhearth.accounts.errors import NameTaken, UserNotFound
from openhearth.errors import Forbidden, Invalid, Unauthenticated
from tests.accounts.conftest import browser_of, program_of


def test_nobody_cannot_add_people(empty: Accounts) -> None:
    with pytest.raises(Unauthenticated):
        empty.people.add(NOBODY, "ada")


def test_ada_cannot_add_people_unless_she_administers_the_hub(accounts: Accounts) -> None:
    with pytest.raises(Forbidden):
        accounts.people.add(browser_of(accounts, "ada"), "carol")
    accounts.people.add(OPERATOR, "root_", is_site_admin=True)
    assert accounts.people.add(browser_of(accounts, "root_"), "carol").name == "carol"


def test_a_read_token_of_an_administrator_adds_nobody(accounts: Accounts) -> None:
    accounts.people.add(OPERATOR, "root_", is_site_admin=True)
    with pytest.raises(Forbidden, match="read"):
        accounts.people.add(program_of(accounts, "root_", "read"), "carol")


@pytest.mark.parametrize("name", ["ada", "ADA", "Ada"])
def test_names_are_unique_whatever_their_case(accounts: Accounts, name: str) -> None:
    with pytest.raises(NameTaken):
        accounts.people.add(OPERATOR, name)


def test_a_user_cannot_take_the_name_of_an_organisation(accounts: Accounts) -> None:
    accounts.orgs.create(OPERATOR, "Forge")
    with pytest.raises(NameTaken):
        accounts.people.add(OPERATOR, "forge")


@pytest.mark.parametrize(
    "name", ["", "a b", "../x", "settings", "-ada", "a--b", "a" * 97, "ädä", "setup", "avatars"]
)
def test_a_name_that_could_have_no_address_is_refused(empty: Accounts, name: str) -> None:
    with pytest.raises(Invalid, match="name"):
        empty.people.add(OPERATOR, name)


def test_a_name_may_begin_with_an_underscore(empty: Accounts) -> None:
    assert empty.people.add(OPERATOR, "__tester__").name == "__tester__"


def test_people_are_found_in_any_case_and_shown_as_they_wrote_it(empty: Accounts) -> None:
    empty.people.add(OPERATOR, "Ada")
    assert empty.people.get_user("aDA").name == "Ada"
    assert empty.people.find_user("eve") is None
    with pytest.raises(UserNotFound):
        empty.people.get_user("eve")


@pytest.mark.parametrize("password", ["", "seven77", "x" * 513])
def test_a_password_too_short_or_too_long_makes_no_account(empty: Accounts, password: str) -> None:
    with pytest.raises(Invalid, match="password"):
        empty.people.add(OPERATOR, "ada", password=password)
    assert empty.people.find_user("ada") is None


def test_ada_changes_her_profile(accounts: Accounts) -> None:
    ada = browser_of(accounts, "ada")
    accounts.people.update_profile(ada, fullname="  Ada   L. ", bio="counts", email="ada@hub.test")
    user = accounts.people.get_user("ada")
    assert (user.fullname, user.bio, user.email) == ("Ada L.", "counts", "ada@hub.test")
    assert accounts.people.update_profile(ada, fullname="Ada", bio="", email="").email is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("fullname", " "), ("fullname", "x" * 201), ("bio", "x" * 2001), ("email", "ada"), ("email", "a b@c")],
)
def test_a_bad_profile_names_its_field_and_changes_nothing(
    accounts: Accounts, field: str, value: str
) -> None:
    good = {"fullname": "Ada", "bio": "counts", "email": "ada@hub.test"}
    before = accounts.people.get_user("ada")
    with pytest.raises(Invalid, match=f"^{field}:"):
        accounts.people.update_profile(browser_of(accounts, "ada"), **{**good, field: value})
    assert accounts.people.get_user("ada") == before


def test_nobody_has_no_profile_to_change(accounts: Accounts) -> None:
    with pytest.raises(Unauthenticated):
        accounts.people.update_profile(NOBODY, fullname="x", bio="", email="")


def test_a_read_token_does_not_change_the_profile(accounts: Accounts) -> None:
    with pytest.raises(Forbidden):
        accounts.people.update_profile(program_of(accounts, "ada", "read"), fullname="x", bio="", email="")


def test_the_list_of_people_comes_in_pages_by_name(accounts: Accounts) -> None:
    first = accounts.people.list_users(OPERATOR, limit=2)
    assert [user.name for user in first.items] == ["ada", "ben"]
    last = accounts.people.list_users(OPERATOR, limit=2, cursor=first.cursor)
    assert ([user.name for user in last.items], last.cursor) == (["eve"], None)


def test_ada_cannot_list_everybody(accounts: Accounts) -> None:
    with pytest.raises(Forbidden):
        accounts.people.list_users(browser_of(accounts, "ada"))
