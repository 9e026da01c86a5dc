"""The limit on requests: counted by person or address, told in headers, over when the window is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from huggingface_hub.utils._http import parse_ratelimit_headers
from starlette.testclient import TestClient

from openhearth.accounts import OPERATOR
from openhearth.app import app_of
from openhearth.config import Settings
from openhearth.rooms import build_hub


class Watch:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def limited(tmp_path: Path, watch: Watch) -> Iterator[TestClient]:
    hub = build_hub(
        Settings(data=tmp_path / "data", requests_max=3, public_url="http://hub.test"), clock=watch
    )
    hub.accounts.people.add(OPERATOR, "ada")
    with TestClient(app_of(hub), base_url="http://hub.test") as client:
        client.app_state["ada"] = hub.accounts.tokens.create_for(
            OPERATOR, "ada", name="t", scope="read"
        ).value
        yield client


def test_nobody_is_refused_after_so_many_requests_until_the_window_ends(
    limited: TestClient, watch: Watch
) -> None:
    answers = [limited.get("/api/models") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    told = parse_ratelimit_headers(answers[1].headers)
    assert told is not None
    assert (told.remaining, told.limit, told.window_seconds) == (1, 3, 300)
    assert answers[3].headers["Retry-After"] == "300"
    assert "try again in 300 seconds" in answers[3].json()["error"]
    assert limited.get("/health").status_code == 200
    token = limited.app_state["ada"]
    assert limited.get("/api/models", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    watch.now += timedelta(seconds=300)
    assert limited.get("/api/models").status_code == 200
