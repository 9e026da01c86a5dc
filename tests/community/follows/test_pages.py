"""Following in a browser."""

from __future__ import annotations

from tests.repos_pages.conftest import Site, site

__all__ = ["site"]


def test_nobody_is_asked_to_sign_in_and_comes_back(site: Site) -> None:
    page = site.nobody.read("/ada")
    assert 'href="/login?next=%2Fada"' in page
    assert site.nobody.send("/users/ada/follow", {"follow": "1"}, page="/ada/").status_code == 401


def test_a_button_on_the_profile_follows_and_stops(site: Site) -> None:
    assert 'title="Follow ada"' in site.eve.read("/ada")
    answer = site.eve.send("/users/ada/follow", {"follow": "1", "back": "/ada"}, page="/ada")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ada")
    page = site.eve.read("/ada")
    assert "Follow ada no longer" in page
    assert '<a class="profile__link" href="/users/ada/followers">' in page
    assert "Eve of the Forge" in site.nobody.read("/users/ada/followers")
    assert "Ada of the Forge" in site.nobody.read("/users/eve/following")
    site.eve.send("/organizations/forge/follow", {"follow": "1"}, page="/forge")
    assert "forge" in site.nobody.read("/users/eve/following")
    assert "Eve of the Forge" in site.nobody.read("/organizations/forge/followers")
    site.eve.send("/users/ada/follow", {"follow": "0", "back": "//evil.test"}, page="/ada")
    assert "Nobody follows yet." in site.nobody.read("/users/ada/followers")


def test_nobody_follows_themselves(site: Site) -> None:
    assert "Follow ada" not in site.ada.read("/ada")


def test_a_list_of_no_one_is_not_there(site: Site) -> None:
    for path in ("/users/none/followers", "/users/forge/followers", "/organizations/ada/followers"):
        site.nobody.read(path, status=404)
