"""git over HTTP: clone, fetch and push with any git client (gitprotocol-http(5), smart protocol only).

Fetches are answered by `git upload-pack`, streamed both ways through the disk or a pipe, never held in
memory. Pushes are received by `storage.git`; what a push may bring and move is ruled here, before any ref
moves.
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from openhearth.access import Action, Actor
from openhearth.errors import Forbidden, HubError, Invalid, TooLarge, Unauthenticated, Unsupported
from openhearth.kit.names import PAGE_PREFIXES, RepoType
from openhearth.repos.git_doors import GitRepos, MovedTo, Pushes, RepoHandle
from openhearth.storage.git import GitStore, WantReader, error_packet, git_command, git_environ
from openhearth.urls import Urls, with_query
from openhearth.wire.request import actor_of

_FETCH_BODY_MAX_BYTES = 64 << 20  # wants and haves, not content
_BLOCK_BYTES = 256 << 10
_MAX_FETCHES = 8  # each is a git process that may use a core
_NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}


class GitHttp:
    def __init__(self, *, repos: GitRepos, git: GitStore, pushes: Pushes, urls: Urls) -> None:
        self._repos = repos
        self._git = git
        self._pushes = pushes
        self._urls = urls
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
            body = await run_in_threadpool(self._git.advertise_push_http, handle.key)
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
            unreachable = await run_in_threadpool(self._find_unreachable, handle.key, spool)
        except BaseException:
            spool.unlink(missing_ok=True)
            raise
        if unreachable is not None:
            spool.unlink()
            return Response(error_packet(unreachable), media_type="application/x-git-upload-pack-result")
        return StreamingResponse(
            self._fetch(handle.key, spool, _protocol(request)),
            media_type="application/x-git-upload-pack-result",
            headers=_NO_CACHE,
        )

    def _find_unreachable(self, key: str, spool: Path) -> str | None:
        """An object among those wanted that no ref leads to: git itself would hand it out."""
        reader = WantReader()
        with spool.open("rb") as body:
            while block := body.read(_BLOCK_BYTES):
                for _ in reader.feed(block):
                    pass
        return min(self._git.find_unreachable(key, reader.take()), default=None)

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
            await _receive(request, spool, limit_bytes=self._pushes.max_bytes)
            answer = await run_in_threadpool(self._push, actor_of(request), handle, spool)
        finally:
            spool.unlink(missing_ok=True)
        return Response(answer, media_type="application/x-git-receive-pack-result", headers=_NO_CACHE)

    def _push(self, actor: Actor, handle: RepoHandle, spool: Path) -> bytes:
        with spool.open("rb", buffering=0) as body:
            return self._pushes.receive(actor, handle, body)

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
