"""Pages of people and organisations, and the home page."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from openhearth.app import app_of
from openhearth.config import Settings, SignUp
from openhearth.rooms import build_hub
from tests.repos_pages.conftest import Site


def test_a_profile_shows_to_each_reader_what_they_may_see(site: Site) -> None:
    site.create("open")
    site.create("veiled", visibility="private")
    for person, sees in ((site.nobody, False), (site.eve, False), (site.ada, True)):
        page = person.read("/ada")
        assert "Ada of the Forge" in page
        assert "open" in page
        assert ("veiled" in page) is sees


def test_an_organisation_shows_its_members_and_to_its_admins_the_way_to_manage_them(site: Site) -> None:
    page = site.nobody.read("/forge")
    assert 'href="/ben"' in page
    assert "/organizations/forge/settings" not in page
    assert "/organizations/forge/settings" in site.ada.read("/forge")
    assert "/organizations/forge/settings" not in site.ben.read("/forge")


def test_a_name_in_another_case_leads_to_the_true_spelling(site: Site) -> None:
    assert site.nobody.get("/ADA").headers["location"] == "/ada"


def test_a_name_that_nobody_has_is_not_found(site: Site) -> None:
    assert "Nothing is here" in site.nobody.read("/nobody-at-all", status=404)
    assert "no/body" in site.nobody.read("/no%2Fbody", status=404)


def test_an_empty_profile_says_so_to_others_and_how_to_begin_to_its_owner(site: Site) -> None:
    assert "Nothing to see yet" in site.nobody.read("/eve")
    assert "/new?owner=eve" in site.eve.read("/eve")


def test_home_shows_trends_to_nobody_and_own_work_to_ada(site: Site) -> None:
    site.create("open")
    site.create("veiled", visibility="private")
    for person, sees in ((site.nobody, False), (site.eve, False), (site.ada, True)):
        page = person.read("/")
        assert "open" in page
        assert ("veiled" in page) is sees
    assert "Your work" in site.ada.read("/")


def test_more_repos_than_fit_lead_to_the_list_of_their_owner(site: Site) -> None:
    for number in range(14):
        site.create(f"model-{number}")
    assert "/models?author=ada&sort=updated" in site.nobody.read("/ada")
    assert "model-13" in site.nobody.read("/models?author=ada&sort=updated")


@pytest.mark.parametrize(("sign_up", "offered"), [("invite", False), ("closed", False), ("open", True)])
def test_an_account_is_offered_to_visitors_only_where_they_can_make_one(
    tmp_path: Path, sign_up: SignUp, offered: bool
) -> None:
    hub = build_hub(Settings(data=tmp_path / "data", sign_up=sign_up, public_url="http://hub.test"))
    with TestClient(app_of(hub), base_url="http://hub.test") as client:
        for path in ("/", "/models", "/nobody-here"):
            page = client.get(path, headers={"accept": "text/html"}).text
            assert ('href="/join"' in page) is offered
            assert 'href="/login' in page
