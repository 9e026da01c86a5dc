"""Duplicating a repo by a form."""

from tests.repos_pages.conftest import Site


def test_nobody_is_asked_to_sign_in_and_a_stranger_duplicates_at_home(site: Site) -> None:
    site.commit(site.create("tiny"), {"config.json": "{}"})
    away = site.nobody.get("/ada/tiny/duplicate")
    assert (away.status_code, away.headers["Location"]) == (303, "/login?next=%2Fada%2Ftiny%2Fduplicate")
    assert "/ada/tiny/duplicate" in site.eve.read("/ada/tiny")
    fields = {"owner": "eve", "name": "mine", "visibility": "private"}
    answer = site.eve.send("/ada/tiny/duplicate", fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/eve/mine")
    assert "config.json" in site.eve.read("/eve/mine/tree/main")
    assert site.nobody.get("/eve/mine").status_code == 401
    again = site.eve.send("/ada/tiny/duplicate", fields)
    assert again.status_code == 409
    assert "eve/mine" in again.text
    elsewhere = site.eve.send("/ada/tiny/duplicate", {**fields, "owner": "ada", "name": "other"})
    assert elsewhere.status_code == 403


def test_gated_and_private_repos_are_duplicated_by_those_let_in(site: Site) -> None:
    repo = site.create("hidden", visibility="private")
    assert site.eve.get("/ada/hidden/duplicate").status_code == 404
    site.hub.repos.catalogue.change_settings(site.ada_actor, repo, visibility="public", gated="manual")
    assert site.eve.get("/ada/hidden/duplicate").status_code == 403
    assert "asks for permission" in site.ada.read("/ada/hidden/duplicate")
