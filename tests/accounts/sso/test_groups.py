"""What the provider's groups give and take, at every sign-in."""

from collections.abc import Callable

from openhearth.access import Role
from openhearth.accounts import OPERATOR
from tests.accounts.conftest import browser_of
from tests.accounts.sso.conftest import ADA, House

Build = Callable[..., House]
ROLES = "ml-team=forge:write, leads=forge:admin, guests=lab:read, lost=nowhere:read, admins=*site-admin"


def enter(here: House, *groups: str) -> None:
    here.web.cookies.clear()
    assert here.sign_in({**ADA, "groups": list(groups)}).headers["Location"] == "/models"


def roles(here: House) -> dict[str, Role]:
    return dict(browser_of(here.accounts, "ada").roles)


def test_groups_give_the_highest_role_and_take_back_what_they_gave(house: Build) -> None:
    here = house(sso_group_roles=ROLES)
    enter(here, "ml-team", "unknown", "lost")
    assert roles(here) == {"forge": Role.WRITE}
    enter(here, "ml-team", "leads")
    assert roles(here) == {"forge": Role.ADMIN}
    enter(here)
    assert roles(here) == {}
    changes = here.accounts.orgs.list_role_changes(OPERATOR, "forge")
    assert [(change.actor_name, change.user_name) for change in changes[:3]] == [
        ("single sign-on", "ada")
    ] * 3


def test_a_role_set_by_hand_stays(house: Build) -> None:
    here = house(sso_group_roles=ROLES)
    enter(here)
    here.accounts.orgs.set_member(OPERATOR, "forge", "ada", Role.CONTRIBUTOR)
    here.accounts.orgs.create(OPERATOR, "other", members={"ada": Role.WRITE})
    enter(here)
    assert roles(here) == {"forge": Role.CONTRIBUTOR, "other": Role.WRITE}
    enter(here, "ml-team")
    assert roles(here)["forge"] == Role.WRITE


def test_groups_make_and_unmake_administrators_but_keep_one(house: Build) -> None:
    here = house(sso_group_roles=ROLES)
    enter(here, "admins")
    assert here.accounts.people.get_user("ada").is_site_admin
    here.accounts.people.set_site_admin(
        OPERATOR, here.accounts.people.get_user("ben").id, is_site_admin=False
    )
    enter(here)
    assert here.accounts.people.get_user("ada").is_site_admin  # the last one
    here.accounts.people.set_site_admin(OPERATOR, here.accounts.people.get_user("ben").id, is_site_admin=True)
    enter(here)
    assert not here.accounts.people.get_user("ada").is_site_admin


def test_the_last_admin_of_an_organisation_stays(house: Build) -> None:
    here = house(sso_group_roles=ROLES)
    enter(here, "leads")
    here.accounts.orgs.remove_member(OPERATOR, "forge", "ben")
    enter(here)
    assert roles(here) == {"forge": Role.ADMIN}


def test_groups_may_lie_deep_and_come_as_words(house: Build) -> None:
    here = house(sso_group_roles=ROLES, sso_groups_claim="realm_access.roles")
    here.sign_in({**ADA, "realm_access": {"roles": ["/ml-team"]}})
    assert roles(here) == {"forge": Role.WRITE}
    plain = house(sso_group_roles=ROLES)
    plain.sign_in({**ADA, "groups": "ml-team,guests"})
    assert roles(plain) == {"forge": Role.WRITE}
