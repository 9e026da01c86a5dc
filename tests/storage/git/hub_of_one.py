"""The smallest hub that git can speak to: one repo of ada's, the real doors, no accounts room."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from openhearth.access import NOBODY, Action, Actor, RepoResource, Visibility, decide
from openhearth.db import Database
from openhearth.errors import EntryNotFound, HubError, RepoNotFound, Unauthenticated
from openhearth.kit.clock import utc_now
from openhearth.kit.ids import new_id
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos.git_doors import MovedTo, Pushes, RepoHandle
from openhearth.repos.git_http import GitHttp
from openhearth.repos.lfs_access import LfsAccess
from openhearth.repos.lfs_api import LfsApi, OpenObject
from openhearth.repos.lfs_tickets import Tickets
from openhearth.repos.push_rules import check_updates
from openhearth.storage.git import GitStore, RefUpdate
from openhearth.storage.lfs import ObjectStore
from openhearth.urls import Urls
from openhearth.wire.render import render_error
from openhearth.wire.request import Credentials, Identification
from openhearth.wire.routing import RawPath

TOKENS = {f"hf_{name}": Actor(user_id=f"id-{name}", name=name) for name in ("ada", "eve")}
SECRET = bytes(32)


@dataclass
class Shelf:
    """Repos by address, and what git told us of pushes: the part of the repos service that git needs."""

    git: GitStore
    objects: ObjectStore
    keys: dict[RepoRef, str] = field(default_factory=dict)
    visibility: dict[RepoRef, Visibility] = field(default_factory=dict)
    moved: dict[RepoRef, RepoRef] = field(default_factory=dict)
    pushes: list[tuple[str | None, list[tuple[str, str | None, str | None]]]] = field(default_factory=list)

    def add(self, ref: RepoRef, visibility: Visibility = "public") -> str:
        key = self.keys[ref] = new_id()
        self.visibility[ref] = visibility
        self.git.create(key)
        return key

    def move(self, old: RepoRef, new: RepoRef) -> None:
        self.keys[new] = self.keys.pop(old)
        self.visibility[new] = self.visibility.pop(old)
        self.moved[old] = new

    def find_for_git(
        self, actor: Actor, repo_type: RepoType, namespace: str, name: str, action: Action
    ) -> RepoHandle | MovedTo:
        ref = RepoRef(repo_type, namespace, name)
        if ref in self.moved:
            return MovedTo(self.moved[ref])
        if ref not in self.keys:
            raise RepoNotFound(ref.id, anonymous=actor.is_anonymous)
        resource = RepoResource(ref=ref, visibility=self.visibility[ref])
        decide(actor, action, resource).require(actor, resource)
        return RepoHandle(self.keys[ref], ref)

    def refuse_forced(self, handle: RepoHandle, ref: str) -> str | None:
        return None

    def refuse_size(self, handle: RepoHandle, adding_bytes: int) -> str | None:
        return None

    def after_push(
        self, actor: Actor, handle: RepoHandle, updates: list[tuple[str, str | None, str | None]]
    ) -> None:
        self.pushes.append((actor.name, updates))

    def find_to_push(
        self, actor: Actor, repo_type: RepoType, namespace: str, name: str
    ) -> RepoHandle | MovedTo:
        return self.find_for_git(actor, repo_type, namespace, name, Action.WRITE)

    def check_push(self, actor: Actor, handle: RepoHandle, updates: Sequence[RefUpdate]) -> Sequence[str]:
        return check_updates(updates)

    def require_upload(self, actor: Actor, handle: RepoHandle, ref: str | None) -> bool:
        return False

    def find_sizes(
        self, repo_key: str, sha256s: Collection[str], uploader: str | None = None
    ) -> Mapping[str, int]:
        return self.objects.linked(repo_key, sha256s, uploader=uploader)

    def open_object(self, repo_key: str, sha256: str) -> OpenObject:
        if not self.objects.is_linked(repo_key, sha256):
            raise EntryNotFound(sha256)
        return OpenObject(size_bytes=self.objects.size(sha256), path=self.objects.path(sha256))


class Doorman:
    def identify(self, credentials: Credentials) -> Actor:
        if credentials.token is None:
            return NOBODY
        if credentials.token not in TOKENS:
            raise Unauthenticated("Invalid credentials in Authorization header")
        return TOKENS[credentials.token]


@dataclass(frozen=True)
class HubOfOne:
    url: str
    shelf: Shelf
    lfs: LfsApi

    def remote(self, ref: RepoRef, user: str | None = None) -> str:
        base = self.url if user is None else self.url.replace("://", f"://{user}:hf_{user}@")
        return f"{base}{Urls('').repo(ref)}"


@contextlib.contextmanager
def serve_hub(folder: Path) -> Iterator[HubOfOne]:
    """A hub on a free port while the block lasts."""
    db = Database.in_folder(folder)
    db.create_missing_tables()
    shelf = Shelf(GitStore(folder / "git"), ObjectStore(folder / "lfs", db=db))
    config = uvicorn.Config(_placeholder, port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    lfs = _lfs(shelf, Urls(url))
    _placeholder.app = _app(shelf, url, lfs)
    try:
        yield HubOfOne(url, shelf, lfs)
    finally:
        server.should_exit = True
        thread.join(20)
        db.close()


class _Placeholder:
    """The address must be known before the app that signs it can be built."""

    app: Starlette

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        await self.app(scope, receive, send)  # type: ignore[arg-type]


_placeholder = _Placeholder()


def _lfs(shelf: Shelf, urls: Urls) -> LfsApi:
    tickets = Tickets(secret=SECRET, clock=utc_now, find_actor=lambda _fingerprint: None)
    return LfsApi(
        repos=shelf, objects=shelf.objects, urls=urls, secret=SECRET, clock=utc_now, max_size_bytes=10 << 30,
        access=LfsAccess(repos=shelf, tickets=tickets),
    )  # fmt: skip


def _app(shelf: Shelf, url: str, lfs: LfsApi) -> Starlette:
    pushes = Pushes(repos=shelf, git=shelf.git, linked=shelf.find_sizes)
    git = GitHttp(repos=shelf, git=shelf.git, pushes=pushes, urls=Urls(url))

    async def render(request: Request, error: Exception) -> Response:
        assert isinstance(error, HubError)
        return render_error(request, error)

    return Starlette(
        routes=[*git.routes(), *lfs.routes()],
        middleware=[
            Middleware(RawPath),
            Middleware(Identification, accounts=Doorman(), secret=SECRET, own_origin=url),
        ],
        exception_handlers={HubError: render},
    )
