"""Settings → Webhooks, as a browser without script uses it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from openhearth.rooms import Hub
from openhearth.wire.request import SESSION_COOKIE
from tests.repos.conftest import Workshop
from tests.repos_pages.conftest import Browser
from tests.webhooks.conftest import Bell

LIST = "/settings/webhooks"


@pytest.fixture
def ada(web: TestClient, hub: Hub, workshop: Workshop) -> Browser:
    return _browser(web, hub, workshop.ada.user_id)


@pytest.fixture
def ben(web: TestClient, hub: Hub, workshop: Workshop) -> Browser:
    return _browser(web, hub, workshop.ben.user_id)


def _browser(web: TestClient, hub: Hub, user_id: str | None) -> Browser:
    assert user_id is not None
    session = hub.accounts.sessions.begin(user_id, agent="test")
    return Browser(web, {SESSION_COOKIE: session.value})


def test_nobody_is_sent_to_sign_in(web: TestClient) -> None:
    for path in (
        LIST,
        f"{LIST}/new",
        f"{LIST}/x",
        f"{LIST}/x/edit",
        "/organizations/forge/settings/webhooks",
    ):
        answer = Browser(web).get(path)
        assert (answer.status_code, answer.headers["location"].startswith("/login")) == (303, True)


def test_a_webhook_is_made_watched_sent_again_and_deleted_on_the_page(ada: Browser, bell: Bell) -> None:
    assert "No webhooks yet" in ada.read(LIST)
    fields = {
        "url": bell.receiver.url,
        "watched": "user ada\nmodel: forge/tool",
        "domains": "repo",
        "secret": "s3cret",
    }
    made = ada.send(f"{LIST}/new", fields)
    place = made.headers["location"]
    assert re.fullmatch(rf"{LIST}/[0-9a-f]{{24}}", place)
    assert "Nothing was sent yet" in ada.read(place)
    bell.workshop.create()
    bell.await_calls(2)
    page = ada.read(place)
    assert "repo.content update" in page
    assert "delivered" in page
    assert "thanks" in page
    replay = re.search(rf'action="({place}/deliveries/[0-9a-f]+/replay)"', page)
    assert replay is not None
    assert "once more" in ada.read(ada.send(replay[1], {}, page=place).headers["location"])
    bell.await_calls(3)
    for path in (LIST, place, f"{place}/edit"):
        assert "s3cret" not in ada.read(path)
    ada.send(f"{place}/delete", {}, page=place)
    assert "No webhooks yet" in ada.read(LIST)


def test_editing_keeps_the_secret_unless_it_is_taken_away(ada: Browser, bell: Bell) -> None:
    webhook = bell.hang("ada", "user ada", secret="s3cret")
    place = f"{LIST}/{webhook.id}"
    fields = {
        "url": bell.receiver.url + "/new",
        "watched": "org forge",
        "domains": ["repo", "discussion"],
        "secret": "",
    }
    assert ada.send(f"{place}/edit", fields).status_code == 303
    now = bell.webhooks.get(bell.workshop.ada, webhook.id)
    assert (now.secret, now.url, now.watched[0].name) == ("s3cret", bell.receiver.url + "/new", "forge")
    ada.send(f"{place}/edit", {**fields, "no_secret": "1"})
    assert bell.webhooks.get(bell.workshop.ada, webhook.id).secret is None


def test_a_form_that_is_refused_keeps_what_was_typed_and_says_what_is_wrong(ada: Browser) -> None:
    for change, words in (
        ({"url": "gopher://x"}, "is no address"), ({"watched": "planet mars"}, "'planet' is unknown"),
        ({"secret": "ключ"}, "secret: use"), ({"domains": []}, "domains: an empty list"),
    ):  # fmt: skip
        fields = {
            "url": "https://example.org/hook",
            "watched": "user ada",
            "domains": ["repo"],
            "secret": "",
            **change,
        }
        answer = ada.send(f"{LIST}/new", fields)
        page = unescape(answer.text)
        assert (answer.status_code, words in page) == (400, True)
        assert str(fields["url"]) in page
        assert str(fields["watched"]) in page


def test_switching_off_stops_and_the_page_says_so(ada: Browser, bell: Bell) -> None:
    webhook = bell.hang("ada")
    place = f"{LIST}/{webhook.id}"
    ada.send(f"{place}/switch", {"on": "0"}, page=place)
    assert "Nothing is sent" in ada.read(place)
    bell.workshop.create()
    assert bell.ring() == []
    ada.send(f"{place}/switch", {"on": "1"}, page=place)
    assert not bell.webhooks.get(bell.workshop.ada, webhook.id).disabled


def test_an_organisations_page_is_for_its_admins(ada: Browser, ben: Browser, bell: Bell) -> None:
    webhook = bell.hang("ada", "org forge", organisation="forge")
    base = "/organizations/forge/settings/webhooks"
    assert webhook.url in ada.read(base)
    assert webhook.url not in ada.read(LIST)
    assert webhook.url not in ben.read(base, status=403)
    ben.read(f"{base}/new", status=403)
    ben.read(f"{base}/{webhook.id}", status=403)
    ben.read(f"{LIST}/{webhook.id}", status=404)
