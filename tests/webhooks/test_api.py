"""The routes as huggingface_hub calls them, and who may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from openhearth.access import Action
from openhearth.config import Settings
from openhearth.rooms import Hub, build_hub
from tests.repos.conftest import Workshop

API = "/api/settings/webhooks"
FORGE = "/api/organizations/forge/settings/webhooks"
BODY: dict[str, Any] = {
    "url": "https://example.org/hook",
    "watched": [{"type": "user", "name": "ada"}, {"type": "model", "name": "forge/tool"}],
    "domains": ["repo", "discussion"],
    "secret": "s3cret",
}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """As hubs are by default: private addresses are not visited."""
    hub = build_hub(Settings(data=tmp_path / "data", rate_limit="off", public_url="http://hub.test"))
    yield hub
    hub.ground.db.close()


@pytest.fixture
def ada(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.ada)}"}


@pytest.fixture
def ben(workshop: Workshop) -> dict[str, str]:
    return {"Authorization": f"Bearer {workshop.token(workshop.ben)}"}


def test_nobody_has_webhooks(web: TestClient) -> None:
    for base in (API, FORGE):
        for method, path in (("GET", ""), ("POST", ""), ("GET", "/x"), ("POST", "/x"), ("DELETE", "/x"), ("POST", "/x/enable"),
                             ("POST", "/x/disable"), ("GET", "/x/deliveries"), ("POST", "/x/deliveries/y/replay")):  # fmt: skip
            body = BODY if method == "POST" and path in ("", "/x") else None
            expected = 401 if base == API else (401, 404)
            status = web.request(method, base + path, json=body).status_code
            assert status == expected or (isinstance(expected, tuple) and status in expected), (method, path)


def test_a_webhook_lives_and_dies_as_the_client_expects(web: TestClient, ada: dict[str, str]) -> None:
    made = web.post(API, json=BODY, headers=ada)
    assert made.status_code == 200
    webhook = made.json()["webhook"]
    assert webhook == {
        **BODY,
        "id": webhook["id"],
        "disabled": False,
    }
    one = f"{API}/{webhook['id']}"
    assert web.get(API, headers=ada).json() == [webhook]
    assert web.get(one, headers=ada).json() == {"webhook": webhook}
    changed = web.post(one, json={"watched": [], "url": "https://example.org/new"}, headers=ada).json()[
        "webhook"
    ]
    assert changed == {**webhook, "url": "https://example.org/new"}
    narrowed = {"watched": [{"type": "org", "name": "forge"}], "domains": ["discussions"]}
    changed = web.post(one, json=narrowed, headers=ada).json()["webhook"]
    assert (changed["watched"], changed["domains"]) == (narrowed["watched"], ["discussion"])
    assert web.post(f"{one}/disable", headers=ada).json()["webhook"]["disabled"] is True
    assert web.post(f"{one}/enable", headers=ada).json()["webhook"]["disabled"] is False
    assert web.get(f"{one}/deliveries", headers=ada).json() == []
    assert web.delete(one, headers=ada).status_code == 200
    assert web.get(one, headers=ada).status_code == 404
    assert web.delete(one, headers=ada).status_code == 404


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"url": "ftp://example.org"}, "url"), ({"url": "http://127.0.0.1:1/"}, "public addresses"),
        ({"url": "http://localhost/"}, "public addresses"), ({"url": "http://[::1]/"}, "public addresses"),
        ({"url": "http://169.254.169.254/latest/"}, "public addresses"), ({"url": None}, "url"),
        ({"domains": []}, "domains"), ({"domains": ["weather"]}, "weather"), ({"watched": []}, "watched"),
        ({"watched": [{"type": "planet", "name": "ada"}]}, "planet"), ({"watched": [{"type": "model", "name": "tiny"}]}, "tiny"),
        ({"watched": [{"type": "user", "name": "../x"}]}, "watched"), ({"watched": [{"type": "user", "name": "a"}] * 101}, "101"),
        ({"secret": "two\nlines"}, "secret"), ({"secret": "ключ"}, "secret"), ({"secret": "x" * 300}, "secret"),
        ({"watched": "ada"}, "watched"),
    ],
)  # fmt: skip
def test_what_a_webhook_cannot_be_is_refused_by_name(
    web: TestClient, ada: dict[str, str], change: dict[str, Any], word: str
) -> None:
    answer = web.post(API, json={**BODY, **change}, headers=ada)
    assert (answer.status_code, word in answer.json()["error"]) == (400, True), answer.text
    assert web.get(API, headers=ada).json() == []


def test_jobs_are_not_started_and_the_answer_says_so(web: TestClient, ada: dict[str, str]) -> None:
    body = {"jobSourceId": "687f911eaea852de79c4a50a", "watched": BODY["watched"], "domains": ["repo"]}
    answer = web.post(API, json=body, headers=ada)
    assert answer.status_code == 501
    assert "jobSourceId" in answer.json()["error"]


def test_tokens_that_are_limited_manage_no_webhooks(web: TestClient, workshop: Workshop) -> None:
    for scope, grants in (("read", {}), ("fineGrained", {"ada": Action.ADMIN})):
        headers = {"Authorization": f"Bearer {workshop.token(workshop.ada, scope, **grants)}"}  # type: ignore[arg-type]
        assert web.get(API, headers=headers).status_code == 403
        assert web.post(API, json=BODY, headers=headers).status_code == 403


def test_an_organisations_webhooks_are_its_admins(
    web: TestClient, ada: dict[str, str], ben: dict[str, str]
) -> None:
    made = web.post(FORGE, json=BODY, headers=ada).json()["webhook"]
    assert web.get(FORGE, headers=ada).json() == [made]
    assert web.get(API, headers=ada).json() == []
    assert web.get(FORGE, headers=ben).status_code == 403
    assert web.get(f"{FORGE}/{made['id']}", headers=ben).status_code == 403
    assert web.get(f"{API}/{made['id']}", headers=ben).status_code == 404
    assert web.get("/api/organizations/nowhere/settings/webhooks", headers=ada).status_code == 404


def test_others_learn_nothing_of_a_webhook(web: TestClient, ada: dict[str, str], ben: dict[str, str]) -> None:
    made = web.post(API, json=BODY, headers=ada).json()["webhook"]
    theirs, none = web.get(f"{API}/{made['id']}", headers=ben), web.get(f"{API}/{'0' * 24}", headers=ben)
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert (
        web.post(f"{API}/{made['id']}", json={"url": "https://example.org/mine"}, headers=ben).status_code
        == 404
    )
    assert web.delete(f"{API}/{made['id']}", headers=ben).status_code == 404
