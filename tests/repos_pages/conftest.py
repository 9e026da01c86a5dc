"""Pages as browsers see them: one hub, and a browser for each of the permanent people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from openhearth.access import Actor, Role
from openhearth.accounts import OPERATOR
from openhearth.app import app_of
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos import AddFile, CommitRequest, Repo
from openhearth.rooms import Hub
from openhearth.wire.request import SESSION_COOKIE, Credentials

_TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')


@dataclass
class Browser:
    """Somebody's browser without script: follows no redirect by itself, keeps cookies."""

    client: TestClient
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> httpx.Response:
        answer: httpx.Response = self.client.get(path, headers=self._headers())
        self._keep(answer)
        return answer

    def read(self, path: str, *, status: int = 200) -> str:
        """The page at `path`, which must answer with `status`."""
        answer = self.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:500]}"
        return unescape(answer.text)

    def send(
        self, path: str, fields: Mapping[str, Any], *, page: str | None = None, **more: Any
    ) -> httpx.Response:
        """Post a form, with the token of the page that shows it (by default the same address)."""
        found = _TOKEN.search(self.get(page or path).text)
        return self.post(path, {"csrf_token": found[1] if found else "", **fields}, **more)

    def post(self, path: str, fields: Mapping[str, Any], **more: Any) -> httpx.Response:
        answer: httpx.Response = self.client.post(path, data=fields, headers=self._headers(), **more)
        self._keep(answer)
        return answer

    def _headers(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"accept": "text/html", **({"cookie": cookie} if cookie else {})}

    def _keep(self, answer: httpx.Response) -> None:
        self.cookies.update(answer.cookies)
        self.client.cookies.clear()


@dataclass
class Site:
    """The hub with ada, ben (writes for forge), eve, and nobody in particular."""

    hub: Hub
    ada: Browser
    ben: Browser
    eve: Browser
    nobody: Browser
    ada_actor: Actor

    def create(
        self, name: str = "tiny", *, kind: RepoType = "model", namespace: str = "ada", **more: Any
    ) -> Repo:
        ref = RepoRef(kind, namespace, name)
        return self.hub.repos.catalogue.create(self.ada_actor, ref, **more)

    def commit(self, repo: Repo, files: Mapping[str, bytes | str], summary: str = "a change") -> str:
        added = [AddFile(p, c.encode() if isinstance(c, str) else c) for p, c in files.items()]
        request = CommitRequest(summary=summary, operations=added)
        return self.hub.repos.commits.commit(self.ada_actor, repo, "main", request).oid

    def file(self, repo: Repo, path: str, revision: str = "main") -> bytes:
        content = self.hub.repos.content
        return content.read_file(repo, content.resolve(repo, revision), path)


@pytest.fixture
def site(hub: Hub) -> Iterator[Site]:
    accounts = hub.accounts
    sessions = {}
    for name in ("ada", "ben", "eve"):
        user = accounts.people.add(OPERATOR, name, fullname=f"{name.capitalize()} of the Forge")
        sessions[name] = accounts.sessions.begin(user.id, agent="test").value
    accounts.orgs.create(OPERATOR, "forge", members={"ada": Role.ADMIN, "ben": Role.WRITE})
    actor = accounts.identify(Credentials(session=sessions["ada"]))
    with TestClient(app_of(hub), base_url="http://hub.test", follow_redirects=False) as client:
        people = {name: Browser(client, {SESSION_COOKIE: value}) for name, value in sessions.items()}
        yield Site(hub, people["ada"], people["ben"], people["eve"], Browser(client), actor)
