"""The HTTP door of the chunk store: what Xet clients ask for below `/cas/e{epoch}/`.

Knows tokens and the store, neither repos nor users. Status codes are part of the protocol: a 404 on an
optional route means "not offered", a 405 or a 501 there fails the upload (hf-xet 1.8; hub-docs docs/xet).
The epoch keys the caches of clients: raising it makes all of them forget which xorbs are stored.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from openhearth.errors import Conflict, EntryNotFound, Forbidden, HubError, Invalid, NotFound, TooLarge
from openhearth.kit.ranges import ByteRange, parse_range
from openhearth.storage.xet import (
    SHARD_MAX_BYTES,
    XORB_BODY_MAX_BYTES,
    Plan,
    XetGrant,
    XetScope,
    XetSigner,
    XetStore,
    from_hex,
    plan_v1,
    plan_v2,
    plans_batch,
)
from openhearth.urls import Urls
from openhearth.wire.bodies import receive_to_file
from openhearth.wire.files import PiecesAnswer

EPOCH = 1
_VERIFY_THREADS = 2
_HEARTBEAT_S = 20.0  # clients give up after 300 s of silence
_SMALL_BODY_MAX_BYTES = 1 << 20
_BATCH_MAX_FILES = 1000
_PREFIXES = ("default", "default-merkledb")

_Spell = Callable[[Plan, Callable[[str, ByteRange], str]], dict[str, Any]]


def cas_url(urls: Urls, epoch: int = EPOCH) -> str:
    """The `casUrl` of token answers."""
    return urls.absolute(f"/cas/e{epoch}")


class CasApi:
    def __init__(
        self,
        *,
        store: XetStore,
        signer: XetSigner,
        urls: Urls,
        epoch: int = EPOCH,
        admit: Callable[[str, int], None] = lambda _namespace, _size_bytes: None,
    ) -> None:
        """`admit` raises if a namespace has no room for so many bytes."""
        self._admit = admit
        self._store = store
        self._signer = signer
        self._epoch = f"e{epoch}"
        self.url = cas_url(urls, epoch)
        self._verifiers = ThreadPoolExecutor(_VERIFY_THREADS, thread_name_prefix="xet-verify")

    def close(self) -> None:
        self._verifiers.shutdown(cancel_futures=True)

    def routes(self) -> list[BaseRoute]:
        """All routes below `/cas/`; what is unknown there answers 404 to every method."""
        table = [
            ("POST", "v1/xorb-grants/{prefix}/{hash}", self._offer_grant),
            ("POST", "v1/xorb-commits/{prefix}/{hash}/grant/{grant}", self._commit_grant),
            ("POST", "v1/xorbs/{prefix}/{hash}", self._post_xorb),
            ("HEAD", "v1/xorbs/{prefix}/{hash}", self._head_xorb),
            ("POST", "v1/shards", self._post_shard_v1),
            ("POST", "v2/shards", self._post_shard_v2),
            ("GET", "v1/chunks/{prefix}/{hash}", self._get_chunk),
            ("GET", "v1/reconstructions", self._get_batch),
            ("POST", "v1/reconstructions", self._post_batch),
            ("GET", "v1/reconstructions/{hash}", self._get_plan_v1),
            ("GET", "v2/reconstructions/{hash}", self._get_plan_v2),
            ("HEAD", "v1/files/{hash}", self._head_file),
            ("GET", "data/{hash}", self._get_range),
        ]
        known = [Route(f"/cas/{{epoch}}/{path}", call, methods=[method]) for method, path, call in table]
        # The client joins this one to the host alone and drops the path of our `casUrl`.
        telemetry = Route("/v1/telemetry", self._post_telemetry, methods=["POST"])
        return [*known, Route("/cas/{rest:path}", _NothingHere()), telemetry]

    # Uploads

    async def _offer_grant(self, request: Request) -> Response:
        """200: stored already, send nothing. 404: no direct upload to storage here, post the xorb."""
        self._permit(request, "write")
        xorb = _xorb_of(request)
        await _read_small(request)
        if not await run_in_threadpool(self._store.has_xorb, xorb):
            raise NotFound("Direct uploads are not offered by this hub; post the xorb.")
        return Response(status_code=200)

    async def _commit_grant(self, request: Request) -> Response:
        self._permit(request, "write")
        if not await run_in_threadpool(self._store.has_xorb, _xorb_of(request)):
            raise NotFound("This grant was not given by this hub; post the xorb.")
        return Response(status_code=200)

    async def _post_xorb(self, request: Request) -> Response:
        grant = self._permit(request, "write")
        xorb = _xorb_of(request)
        temp = self._store.new_incoming()
        try:
            await receive_to_file(request, temp, limit_bytes=XORB_BODY_MAX_BYTES)
            is_new = await self._verify(self._adopt, temp, xorb, grant)
        finally:
            temp.unlink(missing_ok=True)
        return JSONResponse({"was_inserted": is_new})

    def _adopt(self, temp: Path, xorb: bytes, grant: XetGrant) -> bool:
        return self._store.adopt_xorb(temp, xorb, uploader=grant.uploader, repo_key=grant.repo_key)

    async def _post_shard_v1(self, request: Request) -> Response:
        grant, temp = await self._receive_shard(request)
        new_count = await self._verify(self._register, temp, grant)
        return JSONResponse({"result": 1 if new_count else 0})

    async def _post_shard_v2(self, request: Request) -> Response:
        grant, temp = await self._receive_shard(request)
        registering = self._verify(self._register, temp, grant)
        return StreamingResponse(_frames(registering), media_type="application/x-ndjson")

    async def _receive_shard(self, request: Request) -> tuple[XetGrant, Path]:
        grant = self._permit(request, "write")
        temp = self._store.new_incoming()
        try:
            await receive_to_file(request, temp, limit_bytes=SHARD_MAX_BYTES)
        except HubError:
            temp.unlink(missing_ok=True)
            raise
        return grant, temp

    def _register(self, temp: Path, grant: XetGrant) -> int:
        body = temp.read_bytes()
        temp.unlink()
        return self._store.register_shard(
            body,
            repo_key=grant.repo_key,
            namespace=grant.namespace,
            is_public=grant.is_public,
            uploader=grant.uploader,
            admit=lambda size_bytes: self._admit(grant.namespace, size_bytes),
            proven=grant.only_proposes,
        )

    def _verify(self, call: Callable[..., Any], *arguments: object) -> asyncio.Future[Any]:
        """Run `call` in one of few threads: many uploads at once wait here, on disk, instead of in memory."""
        return asyncio.get_running_loop().run_in_executor(self._verifiers, call, *arguments)

    async def _get_chunk(self, request: Request) -> Response:
        grant = self._permit(request, "read")
        chunk = _xorb_of(request)
        # Whoever may only read one repo learns nothing of what its namespace keeps to itself.
        namespace = grant.namespace if grant.scope == "write" and not grant.only_proposes else ""
        answer = await run_in_threadpool(self._store.dedup_answer, chunk, namespace=namespace)
        if answer is None:
            raise NotFound("This chunk is not known here; upload it.")
        return Response(answer, media_type="application/octet-stream")

    # Downloads

    async def _get_plan_v1(self, request: Request) -> Response:
        return await self._answer_plan(request, plan_v1)

    async def _get_plan_v2(self, request: Request) -> Response:
        return await self._answer_plan(request, plan_v2)

    async def _answer_plan(self, request: Request, spell: _Spell) -> Response:
        grant = self._permit(request, "read")
        header = request.headers.get("range")
        plan = await run_in_threadpool(self._plan, grant, request.path_params["hash"], header)
        return JSONResponse(spell(plan, self._address_of))

    def _plan(self, grant: XetGrant, file_hash: str, range_header: str | None = None) -> Plan:
        size_bytes = self._readable_size(grant, file_hash)
        # The first request for an empty file names a range too, and expects an empty plan.
        span = parse_range(range_header, size_bytes) if size_bytes else None
        return self._store.plan(file_hash, span)

    def _readable_size(self, grant: XetGrant, file_hash: str) -> int:
        """The size of a file that `grant` may read. Raises EntryNotFound for others as for missing ones."""
        if not self._store.may_read(grant.repo_key, file_hash, uploader=grant.uploader or None):
            raise EntryNotFound(file_hash, message=f"Xet file {file_hash} is not in this repo.")
        return self._store.file_size(file_hash)

    def _address_of(self, xorb: str, span: ByteRange) -> str:
        return f"{self.url}/data/{xorb}?{self._signer.sign_range(xorb, span)}"

    async def _get_batch(self, request: Request) -> Response:
        grant = self._permit(request, "read")
        return await self._answer_batch(grant, request.query_params.getlist("file_id"))

    async def _post_batch(self, request: Request) -> Response:
        grant = self._permit(request, "read")
        return await self._answer_batch(grant, _read_batch(await _read_small(request)))

    async def _answer_batch(self, grant: XetGrant, hashes: list[str]) -> Response:
        if len(hashes) > _BATCH_MAX_FILES:
            raise TooLarge(f"file_id: {len(hashes)} files asked for; at most {_BATCH_MAX_FILES} at once.")
        plans = await run_in_threadpool(lambda: {text: self._plan(grant, text) for text in hashes})
        return JSONResponse(plans_batch(plans, self._address_of))

    async def _get_range(self, request: Request) -> Response:
        """Exactly the bytes an address was signed for. 403 makes clients ask for the plan again."""
        name = request.path_params["hash"]
        xorb = from_hex(name)
        query = {key: request.query_params.get(key, "") for key in ("start", "end", "expires", "signature")}
        span = self._signer.check_range(name, **query)
        if request.headers.get("range") != f"bytes={span.start}-{span.end - 1}":
            raise Forbidden(f"Range: this address is good for bytes={span.start}-{span.end - 1} only.")
        size_bytes = await run_in_threadpool(self._store.xorb_size, xorb)
        pieces = await run_in_threadpool(self._store.xorb_pieces, xorb, span)
        parts = [(piece.path, piece.span) for piece in pieces]
        return PiecesAnswer(parts, size_bytes=size_bytes, span=span)

    async def _head_xorb(self, request: Request) -> Response:
        self._permit(request, "read")
        size_bytes = await run_in_threadpool(self._store.xorb_size, _xorb_of(request))
        return Response(headers={"Content-Length": str(size_bytes)})

    async def _head_file(self, request: Request) -> Response:
        grant = self._permit(request, "read")
        size_bytes = await run_in_threadpool(self._readable_size, grant, request.path_params["hash"])
        return Response(headers={"Content-Length": str(size_bytes)})

    async def _post_telemetry(self, request: Request) -> Response:
        self._permit(request, "read")
        await _read_small(request)
        return Response(status_code=200)

    def _permit(self, request: Request, scope: XetScope) -> XetGrant:
        """What the request's token permits. Raises Unauthenticated, Forbidden; Conflict in an old epoch."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._signer.read_token(token.strip() if scheme.lower() == "bearer" else "", scope=scope)
        if scope == "write" and request.path_params["epoch"] != self._epoch:
            raise Conflict("The chunk store was renewed since this upload began; start it again.")
        return grant


class _NothingHere:
    """404 for every method: a 405 on a route we do not have would fail an upload."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> NoReturn:
        raise NotFound(f"There is nothing at {scope['path']}.")


def _xorb_of(request: Request) -> bytes:
    prefix = request.path_params["prefix"]
    if prefix not in _PREFIXES:
        raise Invalid(f"prefix: {prefix[:80]!r} is unknown; use {_PREFIXES[0]!r}.")
    return from_hex(request.path_params["hash"])


async def _read_small(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _SMALL_BODY_MAX_BYTES:
            raise TooLarge(f"body: more than {_SMALL_BODY_MAX_BYTES} bytes; send less.")
    return body


def _read_batch(body: bytes) -> list[str]:
    """The hashes in `[{"prefix", "hash"}, …]`."""
    try:
        return [str(entry["hash"]) for entry in json.loads(body)]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise Invalid('body: is not a list of {"prefix", "hash"}; send one.') from None


async def _frames(registering: asyncio.Future[int]) -> AsyncIterator[bytes]:
    """The progress of a registration, a JSON object a line; the last one says how it ended."""
    registering.add_done_callback(
        lambda done: done.cancelled() or done.exception()
    )  # also if nobody listens any more
    while not registering.done():
        yield _line(type="validating", verified=0, total=1)
        await asyncio.wait({registering}, timeout=_HEARTBEAT_S)
    try:
        registering.result()
    except HubError as error:
        yield _line(type="error", message=error.message, retryable=error.status >= 500)
    else:
        yield _line(type="committing", stage="syncing") + _line(type="result")


def _line(**frame: object) -> bytes:
    return json.dumps(frame).encode() + b"\n"
