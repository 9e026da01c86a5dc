"""Organisations: roles, who may change them, and that somebody always can."""

import pytest

from openhearth.access import NOBODY, Role
from openhearth.accounts import OPERATOR, Accounts
from openhearth.accounts.errors import LastAdmin, NameTaken, OrganisationNotFound, UserNotFound
from openhearth.errors import Forbidden, NotFound, Unauthenticated
from openhearth.wire.request import Credentials
from tests.accounts.conftest import browser_of, program_of


@pytest.fixture
def forge(accounts: Accounts) -> Accounts:
    """ada is admin of the organisation forge, ben may write."""
    accounts.orgs.create(browser_of(accounts, "ada"), "Forge", members={"ben": Role.WRITE})
    return accounts


def test_nobody_cannot_make_an_organisation(accounts: Accounts) -> None:
    with pytest.raises(Unauthenticated):
        accounts.orgs.create(NOBODY, "forge")


def test_whoever_makes_an_organisation_is_its_admin(forge: Accounts) -> None:
    assert browser_of(forge, "ada").roles == {"Forge": Role.ADMIN}
    assert browser_of(forge, "ben").roles == {"Forge": Role.WRITE}
    assert browser_of(forge, "eve").roles == {}


def test_a_read_token_makes_no_organisation(accounts: Accounts) -> None:
    with pytest.raises(Forbidden):
        accounts.orgs.create(program_of(accounts, "ada", "read"), "forge")


@pytest.mark.parametrize("name", ["ADA", "forge"])
def test_an_organisation_cannot_take_a_name_in_use(forge: Accounts, name: str) -> None:
    with pytest.raises(NameTaken):
        forge.orgs.create(OPERATOR, name)


def test_an_organisation_with_an_unknown_member_is_not_made_at_all(accounts: Accounts) -> None:
    with pytest.raises(UserNotFound):
        accounts.orgs.create(OPERATOR, "forge", members={"ada": Role.ADMIN, "zoe": Role.READ})
    assert accounts.find_namespace("forge") is None


def test_an_admin_adds_changes_and_removes_members(forge: Accounts) -> None:
    ada = browser_of(forge, "ada")
    forge.orgs.set_member(ada, "forge", "eve", Role.READ)
    forge.orgs.set_member(ada, "forge", "eve", Role.CONTRIBUTOR)
    assert {m.user.name: m.role for m in forge.orgs.list_members("forge").items}["eve"] == Role.CONTRIBUTOR
    forge.orgs.remove_member(ada, "forge", "eve")
    assert [m.user.name for m in forge.orgs.list_members("forge").items] == ["ada", "ben"]


@pytest.mark.parametrize("name", ["ben", "eve"])
def test_only_admins_change_members(forge: Accounts, name: str) -> None:
    with pytest.raises(Forbidden):
        forge.orgs.set_member(browser_of(forge, name), "forge", name, Role.ADMIN)
    with pytest.raises(Forbidden):
        forge.orgs.remove_member(browser_of(forge, name), "forge", "ada")


def test_a_role_counts_for_the_next_request_of_a_browser_that_is_signed_in(forge: Accounts) -> None:
    ben = forge.sessions.begin(forge.people.get_user("ben").id, agent="")
    assert forge.identify(Credentials(session=ben.value)).roles == {"Forge": Role.WRITE}
    forge.orgs.set_member(browser_of(forge, "ada"), "forge", "ben", Role.READ)
    assert forge.identify(Credentials(session=ben.value)).roles == {"Forge": Role.READ}


def test_members_may_leave(forge: Accounts) -> None:
    forge.orgs.remove_member(browser_of(forge, "ben"), "forge", "BEN")
    assert [m.user.name for m in forge.orgs.list_members("forge").items] == ["ada"]


def test_the_last_admin_can_neither_leave_nor_step_down(forge: Accounts) -> None:
    ada = browser_of(forge, "ada")
    with pytest.raises(LastAdmin):
        forge.orgs.remove_member(ada, "forge", "ada")
    with pytest.raises(LastAdmin):
        forge.orgs.set_member(ada, "forge", "ada", Role.WRITE)
    assert browser_of(forge, "ada").roles == {"Forge": Role.ADMIN}


def test_an_admin_may_leave_when_there_is_another(forge: Accounts) -> None:
    ada = browser_of(forge, "ada")
    forge.orgs.set_member(ada, "forge", "ben", Role.ADMIN)
    forge.orgs.remove_member(ada, "forge", "ada")
    assert [m.user.name for m in forge.orgs.list_members("forge").items] == ["ben"]


def test_a_stranger_cannot_be_removed(forge: Accounts) -> None:
    with pytest.raises(NotFound, match="no member"):
        forge.orgs.remove_member(browser_of(forge, "ada"), "forge", "eve")


def test_every_change_of_a_role_is_on_the_audit_list_newest_first(forge: Accounts) -> None:
    ada = browser_of(forge, "ada")
    forge.orgs.set_member(ada, "forge", "ben", Role.READ)
    forge.orgs.set_member(ada, "forge", "ben", Role.READ)  # no change, no entry
    forge.orgs.remove_member(ada, "forge", "ben")
    told = [
        (c.actor_name, c.user_name, c.before, c.after) for c in forge.orgs.list_role_changes(ada, "forge")
    ]
    assert told[:2] == [("ada", "ben", Role.READ, None), ("ada", "ben", Role.WRITE, Role.READ)]
    assert len(told) == 4


def test_the_audit_list_is_for_admins(forge: Accounts) -> None:
    with pytest.raises(Forbidden):
        forge.orgs.list_role_changes(browser_of(forge, "ben"), "forge")


def test_an_admin_changes_how_new_repos_start(forge: Accounts) -> None:
    ada = browser_of(forge, "ada")
    forge.orgs.update(ada, "forge", fullname="The Forge", bio="fire", private_by_default=True)
    org = forge.orgs.get_org("forge")
    assert (org.fullname, org.bio, org.private_by_default) == ("The Forge", "fire", True)
    with pytest.raises(Forbidden):
        forge.orgs.update(browser_of(forge, "eve"), "forge", fullname="x", bio="", private_by_default=False)


def test_members_come_in_pages_by_name(forge: Accounts) -> None:
    first = forge.orgs.list_members("forge", limit=1)
    assert ([m.user.name for m in first.items], first.total) == (["ada"], 2)
    assert [m.user.name for m in forge.orgs.list_members("forge", limit=1, cursor=first.cursor).items] == [
        "ben"
    ]


def test_a_profile_knows_memberships_of_a_user_and_members_of_an_organisation(forge: Accounts) -> None:
    assert [m.organisation.name for m in forge.get_profile("BEN").memberships] == ["Forge"]
    profile = forge.get_profile("forge")
    assert ([m.user.name for m in profile.members], profile.member_count) == (["ada", "ben"], 2)
    with pytest.raises(UserNotFound):
        forge.get_profile("zoe")
    with pytest.raises(OrganisationNotFound):
        forge.orgs.get_org("ada")
