"""The heart in a repo's heading: a form without script, and a way to sign in for visitors."""

from tests.repos_pages.conftest import Site


def test_eve_likes_a_repo_and_no_longer(site: Site) -> None:
    for kind, prefix in (("model", ""), ("dataset", "/datasets")):
        site.create(kind=kind)  # type: ignore[arg-type]
        page = f"{prefix}/ada/tiny"
        assert 'aria-pressed="false"' in site.eve.read(page)
        answer = site.eve.send(f"{page}/like", {"like": "1"}, page=page)
        assert (answer.status_code, answer.headers["location"]) == (303, page)
        assert 'aria-pressed="true"' in site.eve.read(page)
        assert "1 like" in site.nobody.read(page)
        site.eve.send(f"{page}/like", {"like": "0"}, page=page)
        assert 'aria-pressed="false"' in site.eve.read(page)


def test_a_visitor_who_likes_is_asked_to_sign_in_and_comes_back(site: Site) -> None:
    site.create()
    answer = site.nobody.send("/ada/tiny/like", {"like": "1"}, page="/ada/tiny")
    assert answer.headers["location"] == "/login?next=%2Fada%2Ftiny"
    assert "0 likes" in site.nobody.read("/ada/tiny")


def test_another_site_cannot_make_eve_like(site: Site) -> None:
    site.create()
    assert site.eve.post("/ada/tiny/like", {"like": "1"}).status_code == 403
    cookie = "; ".join(f"{name}={value}" for name, value in site.eve.cookies.items())
    for headers in ({"origin": "http://evil.test"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        answer = site.eve.client.post("/api/models/ada/tiny/like", headers={"cookie": cookie, **headers})
        assert answer.status_code == 403
    assert "0 likes" in site.nobody.read("/ada/tiny")


def test_the_heart_of_a_private_repo_beats_for_nobody_else(site: Site) -> None:
    site.create("veiled", visibility="private")
    answers = [
        site.eve.send(f"/ada/{name}/like", {"like": "1"}, page="/new") for name in ("veiled", "absent")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text.replace("veiled", "absent") == answers[1].text


def test_what_somebody_likes_has_a_page_that_hides_what_its_reader_may_not_see(site: Site) -> None:
    for name, visibility in (("first", "public"), ("hidden", "private"), ("last", "public")):
        site.create(name, visibility=visibility)
        site.ada.send(f"/ada/{name}/like", {"like": "1"}, page=f"/ada/{name}")
    page = site.nobody.read("/users/ada/likes")
    assert page.index("/ada/last") < page.index("/ada/first")
    assert "/ada/hidden" not in page
    assert "/ada/hidden" in site.ada.read("/users/ada/likes")
    assert "<strong>2</strong> likes" in site.eve.read("/ada")
    site.nobody.read("/users/forge/likes", status=404)
