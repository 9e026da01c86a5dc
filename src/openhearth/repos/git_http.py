"""git over HTTP: clone, fetch and push with any git client (gitprotocol-http(5), smart protocol only).

Fetches are answered by `git upload-pack`, streamed both ways through the disk or a pipe, never held in
memory. Pushes are received by `storage.git`; what a push may bring and move is ruled here, before any ref
moves.
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from openhearth.access import Action, Actor
from openhearth.errors import Forbidden, HubError, Invalid, TooLarge, Unauthenticated, Unsupported
from openhearth.kit.names import PAGE_PREFIXES, RepoRef, RepoType
from openhearth.repos.push_rules import REGULAR_MAX_BYTES, check_contents
from openhearth.storage.git import GitStore, PushRules, RefUpdate, git_command, git_environ
from openhearth.urls import Urls, with_query
from openhearth.wire.request import actor_of

_FETCH_BODY_MAX_BYTES = 64 << 20  # wants and haves, not content
_BLOCK_BYTES = 256 << 10
_MAX_FETCHES = 8  # each is a git process that may use a core
_NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}


@dataclass(frozen=True)
class RepoHandle:
    """A repo that the actor may act on: its storage key and its public address."""

    key: str
    ref: RepoRef


@dataclass(frozen=True)
class MovedTo:
    """The repo has this address now."""

    ref: RepoRef


class GitRepos(Protocol):
    """What git needs of the repos service."""

    def find_for_git(
        self, actor: Actor, repo_type: RepoType, namespace: str, name: str, action: Action
    ) -> RepoHandle | MovedTo:
        """The repo, if `actor` may do `action` to it. Raises RepoNotFound, Forbidden or Unauthenticated."""
        ...

    def find_to_push(
        self, actor: Actor, repo_type: RepoType, namespace: str, name: str
    ) -> RepoHandle | MovedTo:
        """The repo, if `actor` may push anything to it, be it to a pull request. Raises as `find_for_git`."""
        ...

    def check_push(self, actor: Actor, handle: RepoHandle, updates: Sequence[RefUpdate]) -> Sequence[str]:
        """Sentences against what `actor` would move, none if all is well."""
        ...

    def after_push(
        self, actor: Actor, handle: RepoHandle, updates: list[tuple[str, str | None, str | None]]
    ) -> None:
        """Learn that refs moved: full name, commit before, commit after."""
        ...


Linked = Callable[[str, Sequence[str], str | None], Mapping[str, int]]
"""The LFS objects of a repo, or just brought to it by a user, among some sha256s, with their sizes."""


class GitHttp:
    def __init__(
        self, *, repos: GitRepos, git: GitStore, linked: Linked, urls: Urls, push_max_bytes: int = 50 << 30
    ) -> None:
        self._repos = repos
        self._git = git
        self._linked = linked
        self._urls = urls
        self._push_max_bytes = push_max_bytes
        self._fetches = asyncio.Semaphore(_MAX_FETCHES)

    def routes(self) -> list[BaseRoute]:
        routes: list[BaseRoute] = []
        for repo_type, prefix in PAGE_PREFIXES.items():
            base = f"{prefix}/{{ns}}/{{name}}"
            for path, method, endpoint in (
                ("info/refs", "GET", self._info_refs),
                ("git-upload-pack", "POST", self._upload_pack),
                ("git-receive-pack", "POST", self._receive_pack),
            ):
                routes.append(Route(f"{base}/{path}", _typed(endpoint, repo_type), methods=[method]))
        return routes

    # What refs there are.

    async def _info_refs(self, request: Request, repo_type: RepoType) -> Response:
        service = request.query_params.get("service")
        if service not in ("git-upload-pack", "git-receive-pack"):
            raise Forbidden("This hub speaks git's smart protocol only; use git 1.6.6 or newer.")
        action = Action.READ if service == "git-upload-pack" else Action.WRITE
        handle = await self._find(request, repo_type, action)
        if isinstance(handle, MovedTo):
            address = with_query(f"{self._urls.git(handle.ref)}/info/refs", service=service)
            return RedirectResponse(address, 307)
        if action == Action.READ:
            body = await self._advertise_fetch(handle.key, request)
        else:
            body = await run_in_threadpool(self._git.advertise_push, handle.key)
        return Response(body, media_type=f"application/x-{service}-advertisement", headers=_NO_CACHE)

    async def _advertise_fetch(self, key: str, request: Request) -> bytes:
        protocol = _protocol(request)
        process = await asyncio.create_subprocess_exec(
            *git_command("upload-pack", "--stateless-rpc", "--advertise-refs", str(self._git.path(key))),
            env=git_environ({"GIT_PROTOCOL": protocol}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        advertised, _ = await process.communicate()
        if process.returncode != 0:
            raise GitFailed("git could not list the refs of this repo; the hub's log may say why.")
        # Version 2 begins with its own announcement (gitprotocol-http(5)).
        return advertised if "version=2" in protocol else b"001e# service=git-upload-pack\n0000" + advertised

    # Clone and fetch.

    async def _upload_pack(self, request: Request, repo_type: RepoType) -> Response:
        handle = await self._find(request, repo_type, Action.READ)
        if isinstance(handle, MovedTo):
            return RedirectResponse(f"{self._urls.git(handle.ref)}/git-upload-pack", 307)
        spool = self._git.spool_path()
        try:
            await _receive(request, spool, limit_bytes=_FETCH_BODY_MAX_BYTES)
        except BaseException:
            spool.unlink(missing_ok=True)
            raise
        return StreamingResponse(
            self._fetch(handle.key, spool, _protocol(request)),
            media_type="application/x-git-upload-pack-result",
            headers=_NO_CACHE,
        )

    async def _fetch(self, key: str, spool: Path, protocol: str) -> AsyncIterator[bytes]:
        """What git answers to the request in `spool`, which is removed."""
        async with self._fetches:
            with spool.open("rb") as body:
                spool.unlink()
                process = await asyncio.create_subprocess_exec(
                    *git_command("upload-pack", "--stateless-rpc", str(self._git.path(key))),
                    env=git_environ({"GIT_PROTOCOL": protocol}),
                    stdin=body,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    limit=_BLOCK_BYTES,
                )
            assert process.stdout is not None
            try:
                while block := await process.stdout.read(_BLOCK_BYTES):
                    yield block
            finally:  # also when the client went away
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    # Push.

    async def _receive_pack(self, request: Request, repo_type: RepoType) -> Response:
        handle = await self._find(request, repo_type, Action.WRITE)
        if isinstance(handle, MovedTo):
            return RedirectResponse(f"{self._urls.git(handle.ref)}/git-receive-pack", 307)
        spool = self._git.spool_path()
        try:
            await _receive(request, spool, limit_bytes=self._push_max_bytes)
            answer = await run_in_threadpool(self._push, actor_of(request), handle, spool)
        finally:
            spool.unlink(missing_ok=True)
        return Response(answer, media_type="application/x-git-receive-pack-result", headers=_NO_CACHE)

    def _push(self, actor: Actor, handle: RepoHandle, spool: Path) -> bytes:
        rules = PushRules(
            large_bytes=REGULAR_MAX_BYTES,
            check_updates=lambda updates: self._repos.check_push(actor, handle, updates),
            check_contents=lambda contents: check_contents(
                contents, lambda oids: self._linked(handle.key, oids, actor.user_id)
            ),
        )
        result = self._git.receive_push(handle.key, spool, rules)
        if result.moved:
            self._repos.after_push(
                actor, handle, [(update.ref, update.old, update.new) for update in result.moved]
            )
        return result.answer

    async def _find(self, request: Request, repo_type: RepoType, action: Action) -> RepoHandle | MovedTo:
        """The repo of this address. Nobody is asked for a password rather than told what they may not do."""
        actor = actor_of(request)
        parameters = request.path_params
        name = parameters["name"].removesuffix(".git")
        try:
            if action == Action.WRITE:
                return await run_in_threadpool(
                    self._repos.find_to_push, actor, repo_type, parameters["ns"], name
                )
            return await run_in_threadpool(
                self._repos.find_for_git, actor, repo_type, parameters["ns"], name, action
            )
        except Forbidden as error:
            if actor.is_anonymous and error.status == 403:
                raise Unauthenticated(error.message) from None
            raise


class GitFailed(HubError):
    """A git process of ours broke."""


def _typed(endpoint: Callable[..., object], repo_type: RepoType) -> Callable[[Request], object]:
    async def call(request: Request) -> object:
        return await endpoint(request, repo_type)  # type: ignore[misc]

    return call


def _protocol(request: Request) -> str:
    """The Git-Protocol header, if it is one that may enter an environment."""
    value = request.headers.get("git-protocol", "")
    return value if len(value) < 200 and value.isprintable() else ""


async def _receive(request: Request, target: Path, *, limit_bytes: int) -> None:
    """Write the body to `target`, unpacked if it is gzipped. The limit holds for what is written."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding not in ("gzip", "x-gzip", "identity"):
        raise Unsupported(f"Content-Encoding: {encoding[:40]!r} is not understood here; send gzip or plain.")
    unpack = zlib.decompressobj(31) if encoding != "identity" else None
    size = 0
    with target.open("wb") as file:
        try:
            async for piece in request.stream():
                while piece:
                    block, piece = _unpacked(unpack, piece)
                    size += len(block)
                    if size > limit_bytes:
                        raise TooLarge(
                            f"body: more than the {limit_bytes} bytes allowed here; push in smaller parts."
                        )
                    await asyncio.to_thread(file.write, block)
        except ClientDisconnect:
            raise Invalid("body: the connection closed before it was complete.") from None
        except zlib.error:
            raise Invalid("body: is announced as gzip and is not; send it again.") from None
    if unpack is not None and not unpack.eof:
        raise Invalid("body: the gzip stream ends too early; send it again.")


def _unpacked(unpack: zlib._Decompress | None, piece: bytes) -> tuple[bytes, bytes]:
    """Some unpacked bytes, few even of a bomb, and what is left of `piece`."""
    if unpack is None:
        return piece, b""
    block = unpack.decompress(piece, _BLOCK_BYTES)
    return block, unpack.unconsumed_tail
