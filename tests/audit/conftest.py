"""The hub as a log sees it: people with tokens, and the entries that their requests leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from openhearth.accounts import OPERATOR
from openhearth.app import app_of
from openhearth.audit import Entry, EntryFilter
from openhearth.rooms import Hub


@dataclass
class Watched:
    """ada owns forge, ben reads in it, eve is a stranger, root administers the hub."""

    hub: Hub
    client: TestClient
    tokens: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    def call(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.tokens[who]}"} if who in self.tokens else {}
        answer: httpx.Response = self.client.request(
            method, path, headers={**headers, **more.pop("headers", {})}, **more
        )
        return answer

    def new(self) -> list[Entry]:
        """The entries since the last look, the oldest first."""
        lines = list(self.hub.audit.export(OPERATOR, EntryFilter()))
        fresh = [line.entry for line in lines if line.id > self.seen]
        self.seen = lines[-1].id if lines else 0
        return fresh

    def one(self) -> Entry:
        (entry,) = self.new()
        return entry

    def brief(self) -> list[tuple[str, str, str | None, str]]:
        return [(e.verdict, e.action, e.actor_name, e.target) for e in self.new()]


@pytest.fixture
def watched(hub: Hub) -> Iterator[Watched]:
    accounts = hub.accounts
    with TestClient(app_of(hub), base_url="http://hub.test", follow_redirects=False) as client:
        watched = Watched(hub, client)
        for name in ("ada", "ben", "eve", "root"):
            accounts.people.add(OPERATOR, name, is_site_admin=name == "root")
            new = accounts.tokens.create_for(OPERATOR, name, name="t", scope="write")
            watched.tokens[name] = new.value
        watched.call("ada", "POST", "/api/organizations", json={"name": "forge", "privateByDefault": True})
        watched.call("ada", "PUT", "/api/organizations/forge/members/ben", json={"role": "read"})
        watched.new()
        yield watched
