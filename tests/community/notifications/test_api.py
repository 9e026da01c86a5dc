"""Notifications and watches by JSON."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.community.notifications.conftest import Talk


@pytest.fixture
def ada(talk: Talk) -> dict[str, str]:
    return {"Authorization": f"Bearer {talk.workshop.token(talk.workshop.ada)}"}


@pytest.fixture
def told(talk: Talk, web: TestClient, ada: dict[str, str]) -> dict[str, Any]:
    """The one thing that ada is told."""
    talk.open(talk.workshop.eve, talk.workshop.create(), text="@ada")
    (only,) = web.get("/api/notifications", headers=ada).json()["notifications"]
    found: dict[str, Any] = only
    return found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/notifications"),
        ("DELETE", "/api/notifications"),
        ("POST", "/api/notifications/mark-as-read"),
        ("GET", "/api/settings/watch"),
        ("PATCH", "/api/settings/watch"),
    ],
)
def test_nobody_has_none(web: TestClient, method: str, path: str) -> None:
    body = {"applyToAll": True, "add": [{"type": "user", "id": "ada"}]}
    assert web.request(method, path, json=body).status_code in (401, 404)


def test_a_notification_says_what_where_and_why(told: dict[str, Any]) -> None:
    assert told["type"] == "discussion"
    assert (told["read"], told["reason"], told["change"], told["updates"]) == (False, "mention", "opened", 1)
    assert told["repo"] == {"name": "ada/tiny", "type": "model"}
    assert told["discussion"] == {
        "num": 1,
        "title": "It cracks",
        "isPullRequest": False,
        "participating": True,
    }
    assert told["url"].startswith("http://hub.test/ada/tiny/discussions/1")
    assert told["updatedAt"].endswith("Z")


def test_reading_counting_and_finishing(web: TestClient, ada: dict[str, str], told: dict[str, Any]) -> None:
    def counts(query: str = "") -> dict[str, int]:
        found: dict[str, int] = web.get(f"/api/notifications{query}", headers=ada).json()["count"]
        return found

    assert counts("?readStatus=unread") == {"view": 1, "unread": 1, "all": 1}
    assert web.post("/api/notifications/mark-as-read", headers=ada, json={"ids": [told["id"]]}).json() == {
        "success": True
    }
    assert counts("?readStatus=unread") == {"view": 0, "unread": 0, "all": 1}
    web.post("/api/notifications/mark-as-read", headers=ada, json={"applyToAll": True, "read": False})
    assert counts("?mention=mentions&repoName=ada/tiny") == {"view": 1, "unread": 1, "all": 1}
    web.request("DELETE", "/api/notifications", headers=ada, json={"ids": [told["id"]]})
    assert counts() == {"view": 0, "unread": 0, "all": 0}


@pytest.mark.parametrize(
    "query",
    ["readStatus=some", "mention=few", "readStatus=unread&mention=mentions", "repoName=tiny", "cursor=x"],
)
def test_bad_queries_are_named(web: TestClient, ada: dict[str, str], query: str) -> None:
    answer = web.get(f"/api/notifications?{query}", headers=ada)
    assert answer.status_code == 400
    assert query.split("=")[0] in answer.json()["error"]


def test_watching_and_muting(web: TestClient, ada: dict[str, str], told: dict[str, Any]) -> None:
    repo, forge = {"type": "model", "id": "ada/tiny"}, {"type": "org", "id": "forge"}
    eve, thread = {"type": "user", "id": "eve"}, {"type": "model", "id": "ada/tiny", "num": 1}
    changes = {"add": [repo, forge], "mute": [eve, thread]}
    found = web.patch("/api/settings/watch", headers=ada, json=changes).json()
    assert found == {"watched": [forge, repo], "muted": [eve, thread]}
    found = web.patch("/api/settings/watch", headers=ada, json={"delete": [repo, eve, thread]}).json()
    assert found == web.get("/api/settings/watch", headers=ada).json() == {"watched": [forge], "muted": []}


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ({"type": "cake", "id": "ada/tiny"}, 400),
        ({"type": "model", "id": "tiny"}, 400),
        ({"type": "model", "id": "ada/none"}, 404),
        ({"type": "user", "id": "none"}, 404),
        ({"type": "model", "id": "ada/tiny", "num": 0}, 400),
        ({"type": "model", "id": "ada/tiny", "num": 1 << 40}, 400),
    ],
)
def test_what_cannot_be_watched_is_named(
    web: TestClient, ada: dict[str, str], told: dict[str, Any], place: dict[str, Any], status: int
) -> None:
    assert web.patch("/api/settings/watch", headers=ada, json={"add": [place]}).status_code == status
