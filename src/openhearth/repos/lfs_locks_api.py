"""The locking routes of Git LFS (git-lfs docs/api/locking.md)."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.access import Action, Actor
from openhearth.errors import Invalid, RepoNotFound
from openhearth.kit.clock import iso
from openhearth.kit.names import PAGE_PREFIXES, RepoType
from openhearth.repos.catalogue import Catalogue
from openhearth.repos.git_doors import MovedTo
from openhearth.repos.lfs_access import LfsAccess
from openhearth.repos.lfs_api import MEDIA_TYPE, read_json, typed
from openhearth.repos.locks import LOCKS_MOST, Locks, LockTaken
from openhearth.repos.records import Lock, Repo
from openhearth.urls import Urls
from openhearth.wire.paging import read_limit


class LocksApi:
    def __init__(self, *, locks: Locks, catalogue: Catalogue, access: LfsAccess, urls: Urls) -> None:
        self._locks = locks
        self._catalogue = catalogue
        self._access = access
        self._urls = urls

    def routes(self) -> list[BaseRoute]:
        routes: list[BaseRoute] = []
        for repo_type, prefix in PAGE_PREFIXES.items():
            base = f"{prefix}/{{ns}}/{{name}}/info/lfs/locks"
            for path, method, call in (
                ("", "GET", self._list),
                ("", "POST", self._create),
                ("/verify", "POST", self._verify),
                ("/{id}/unlock", "POST", self._unlock),
            ):
                routes.append(Route(f"{base}{path}", typed(call, repo_type), methods=[method]))
        return routes

    async def _list(self, request: Request, repo_type: RepoType) -> Response:
        found = await self._open(request, repo_type, Action.READ)
        if isinstance(found, Response):
            return found
        _, repo = found
        query = request.query_params
        page = await run_in_threadpool(
            self._locks.list_locks, repo, path=query.get("path"), lock_id=query.get("id"),
            cursor=query.get("cursor"), limit=read_limit(request, default=LOCKS_MOST, most=LOCKS_MOST),
        )  # fmt: skip
        return _answer({"locks": [_describe(lock) for lock in page.items]}, page.cursor)

    async def _create(self, request: Request, repo_type: RepoType) -> Response:
        found = await self._open(request, repo_type, Action.WRITE)
        if isinstance(found, Response):
            return found
        path = (await read_json(request)).get("path")
        if not isinstance(path, str):
            raise Invalid("path: is missing; name the file to lock.")
        try:
            lock = await run_in_threadpool(self._locks.lock, *found, path)
        except LockTaken as taken:
            answer = {"lock": _describe(taken.lock), "message": taken.message}
            return JSONResponse(answer, status_code=409, media_type=MEDIA_TYPE)
        return JSONResponse({"lock": _describe(lock)}, status_code=201, media_type=MEDIA_TYPE)

    async def _verify(self, request: Request, repo_type: RepoType) -> Response:
        """Before a push, git-lfs asks which locks are its user's and which are others'."""
        found = await self._open(request, repo_type, Action.WRITE)
        if isinstance(found, Response):
            return found
        actor, repo = found
        body = await read_json(request)
        cursor, limit = body.get("cursor"), body.get("limit")
        page = await run_in_threadpool(
            self._locks.list_locks, repo, cursor=cursor if isinstance(cursor, str) and cursor else None,
            limit=min(limit, LOCKS_MOST) if isinstance(limit, int) and limit > 0 else LOCKS_MOST,
        )  # fmt: skip
        sides: dict[str, list[dict[str, Any]]] = {"ours": [], "theirs": []}
        for lock in page.items:
            sides["ours" if lock.user_id == actor.user_id else "theirs"].append(_describe(lock))
        return _answer(sides, page.cursor)

    async def _unlock(self, request: Request, repo_type: RepoType) -> Response:
        found = await self._open(request, repo_type, Action.WRITE)
        if isinstance(found, Response):
            return found
        force = (await read_json(request)).get("force") is True
        lock = await run_in_threadpool(self._unlock_as, *found, request.path_params["id"], force)
        return JSONResponse({"lock": _describe(lock)}, media_type=MEDIA_TYPE)

    def _unlock_as(self, actor: Actor, repo: Repo, lock_id: str, force: bool) -> Lock:
        return self._locks.unlock(actor, repo, lock_id, force=force)

    async def _open(
        self, request: Request, repo_type: RepoType, action: Action
    ) -> tuple[Actor, Repo] | Response:
        """Who asks, and the repo; the redirect where it has moved."""
        actor, handle = await self._access.find(request, repo_type, action)
        if isinstance(handle, MovedTo):
            rest = request.scope["path"].partition("/info/lfs/")[2]
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{self._urls.git(handle.ref)}.git/info/lfs/{rest}{query}", 307)
        repo = await run_in_threadpool(self._catalogue.find_by_key, handle.key)
        if repo is None:
            raise RepoNotFound(handle.ref.id, anonymous=actor.is_anonymous)
        return actor, repo


def _describe(lock: Lock) -> dict[str, Any]:
    return {
        "id": lock.id, "path": lock.path, "locked_at": iso(lock.locked_at), "owner": {"name": lock.user_name}
    }  # fmt: skip


def _answer(body: dict[str, Any], cursor: str | None) -> Response:
    return JSONResponse({**body, **({"next_cursor": cursor} if cursor else {})}, media_type=MEDIA_TYPE)
