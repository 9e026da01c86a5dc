"""The inbox and the switches in a browser without script."""

from __future__ import annotations

import re

from openhearth.access import Actor
from openhearth.repos import Repo
from tests.repos_pages.conftest import Site, site

__all__ = ["site"]


def actor(site: Site, name: str) -> Actor:
    people = site.hub.accounts.people
    user = people.get_user(name)
    return people.list_actors([user.id])[user.id]


def open_discussion(site: Site, repo: Repo, title: str = "It cracks", text: str = "Look.") -> None:
    threads = site.hub.community.discussions.threads
    threads.open(actor(site, "eve"), repo, title=title, description=text)


def test_nobody_is_sent_to_sign_in(site: Site) -> None:
    for path in ("/notifications", "/settings/notifications"):
        assert site.nobody.get(path).headers["location"].startswith("/login?next=")
    assert 'href="/notifications"' not in site.nobody.read("/")
    assert site.nobody.send("/notifications", {"action": "read"}, page="/ada").status_code == 401


def test_the_header_counts_and_the_inbox_opens_what_it_lists(site: Site) -> None:
    repo = site.create()
    open_discussion(site, repo, title="<b>It</b> cracks")
    assert 'title="1 unread"' in site.ada.read("/")
    page = site.ada.get("/notifications").text
    assert "&lt;b&gt;It&lt;/b&gt; cracks" in page
    found = re.search(r'action="(/notifications/[0-9a-f]{24}/open)"', page)
    assert found
    where = re.search(r'name="href" value="(/ada/tiny/discussions/1[^"]*)"', page)
    assert where
    answer = site.ada.send(found[1], {"href": where[1]}, page="/notifications")
    assert (answer.status_code, answer.headers["location"]) == (303, where[1])
    assert 'title="Nothing unread"' in site.ada.read("/")
    assert "It" in site.ada.read("/notifications")
    assert "Nothing here" in site.ada.read("/notifications?show=unread")
    away = site.ada.send(found[1], {"href": "https://evil.test/"}, page="/notifications")
    assert away.headers["location"] == "/notifications"


def test_buttons_read_finish_and_mute(site: Site) -> None:
    repo = site.create()
    for title in ("One", "Two"):
        open_discussion(site, repo, title=title)
    site.ada.send("/notifications", {"action": "read"})
    assert "Mark all read" not in site.ada.read("/notifications")
    muted = {"place": "model:ada/tiny:1", "level": "mute", "back": "/notifications?show=all"}
    answer = site.ada.send("/notifications/watch", muted, page="/notifications")
    assert answer.headers["location"] == "/notifications?show=all"
    page = site.ada.read("/notifications")
    assert "One #1" not in page
    assert "Two #2" in page
    assert "ada/tiny #1" in site.ada.read("/settings/notifications")
    site.ada.send("/notifications", {"action": "done"})
    assert "Nothing here" in site.ada.read("/notifications")


def test_a_repo_and_a_profile_are_watched_from_their_own_pages(site: Site) -> None:
    repo = site.create()
    site.hub.community.discussions.threads.open(
        actor(site, "ben"), repo, title="It cracks", description="Look."
    )
    for page, place in (
        ("/ada/tiny", "model:ada/tiny"),
        ("/forge", "user:forge"),
        ("/ada/tiny/discussions/1", "model:ada/tiny:1"),
    ):
        assert f'name="place" value="{place}"' in site.eve.read(page)
        assert f'name="place" value="{place}"' not in site.nobody.read(page)
        answer = site.eve.send(
            "/notifications/watch", {"place": place, "level": "watch", "back": page}, page=page
        )
        assert (answer.status_code, answer.headers["location"]) == (303, page)
        assert "Watching" in site.eve.read(page)
    watched = site.eve.read("/settings/notifications")
    assert "ada/tiny" in watched
    assert "forge" in watched
    for place in ("model:ada/tiny", "user:forge"):
        site.eve.send(
            "/notifications/watch", {"place": place, "level": "default"}, page="/settings/notifications"
        )
    assert "Nothing yet" in site.eve.read("/settings/notifications")


def test_an_inbox_is_narrowed_to_one_repo(site: Site) -> None:
    for name in ("one", "two"):
        open_discussion(site, site.create(name), title=f"About {name}")
    page = site.ada.read("/notifications?repo=model%3Aada%2Fone")
    assert "About one" in page
    assert "About two" not in page


def test_strange_forms_are_refused(site: Site) -> None:
    site.create()
    for fields in (
        {"place": "model:ada/tiny", "level": "loud"},
        {"place": "tiny", "level": "mute"},
        {"place": "cake:ada/tiny", "level": "mute"},
        {"place": "model:ada/tiny:x", "level": "mute"},
    ):
        answer = site.ada.send("/notifications/watch", fields, page="/notifications")
        assert answer.status_code == 400, fields
    assert site.ada.send("/notifications", {"action": "burn"}).status_code == 400
