"""The Git LFS API: batch, uploads whole or in parts, downloads, verification. Locks are in `lfs_locks_api.py`.

Shapes follow git-lfs docs/api/batch.md, and what huggingface_hub adds to them for
uploads in parts (lfs.py `_upload_multi_part`). Bytes travel over addresses that are signed for one repo,
object and purpose: the Python client sends no credentials there. Knowing a sha256 gives nobody the object:
the repo must hold it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from openhearth.access import Action, Actor
from openhearth.errors import (
    EntryNotFound,
    Invalid,
    TooLarge,
    Unsupported,
)
from openhearth.kit.clock import Clock
from openhearth.kit.names import PAGE_PREFIXES, RepoType
from openhearth.kit.ranges import ByteRange, parse_range
from openhearth.repos.git_doors import MovedTo, RepoHandle
from openhearth.repos.lfs_access import LfsAccess
from openhearth.repos.lfs_grants import Grant, Grants
from openhearth.storage.lfs import ObjectStore
from openhearth.urls import Urls, with_query
from openhearth.wire.bodies import receive_to_file
from openhearth.wire.files import FileAnswer

MEDIA_TYPE = "application/vnd.git-lfs+json"
MAX_OBJECTS = 256
MULTIPART_FROM_BYTES = 1 << 30
PART_BYTES = 128 << 20
_MAX_PARTS = 1000
_BODY_MAX_BYTES = 1 << 20
_UPLOAD_LIFETIME = timedelta(hours=12)
_DOWNLOAD_LIFETIME = timedelta(hours=1)
Operation = Literal["upload", "download"]


@dataclass(frozen=True, kw_only=True)
class OpenObject:
    """An object to send: a whole file at `path`, else blocks from `stream`."""

    size_bytes: int
    path: Path | None = None
    stream: Callable[[ByteRange], Iterator[bytes]] = lambda _span: iter(())


class LfsRepos(Protocol):
    """What LFS needs of the repos service."""

    def require_upload(self, actor: Actor, handle: RepoHandle, ref: str | None) -> bool:
        """Whether `actor` only proposes what they bring for `ref`. Raises if they may not even do that."""
        ...

    def find_sizes(
        self, repo_key: str, sha256s: Collection[str], uploader: str | None = None
    ) -> Mapping[str, int]:
        """sha256 → size of the objects that the repo holds or `uploader` has just brought, wherever their bytes lie."""
        ...

    def refuse_size(self, handle: RepoHandle, adding_bytes: int) -> str | None:
        """The sentence against storing so much more, None if there is room."""
        ...

    def open_object(self, repo_key: str, sha256: str) -> OpenObject:
        """Raises EntryNotFound if the repo does not hold the object."""
        ...


@dataclass(frozen=True)
class _Wanted:
    """One object of a batch request."""

    oid: str
    size_bytes: int
    is_proposed: bool = False


class LfsApi:
    def __init__(
        self,
        *,
        repos: LfsRepos,
        objects: ObjectStore,
        urls: Urls,
        secret: bytes,
        clock: Clock,
        max_size_bytes: int,
        access: LfsAccess,
        multipart_from_bytes: int = MULTIPART_FROM_BYTES,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self._repos = repos
        self._access = access
        self.multipart_from_bytes = multipart_from_bytes
        self.part_bytes = part_bytes
        self._objects = objects
        self._urls = urls
        self._clock = clock
        self._grants = Grants(secret=secret, clock=clock)
        self._max_size_bytes = max_size_bytes

    def routes(self) -> list[BaseRoute]:
        routes: list[BaseRoute] = [
            Route("/lfs/{key}/{oid}", self._put_object, methods=["PUT"]),
            Route("/lfs/{key}/{oid}", self._get_object, methods=["GET"]),
            Route("/lfs/{key}/{oid}/verify", self._verify, methods=["POST"]),
            Route("/lfs/{key}/{oid}/parts/{upload}", self._complete, methods=["POST"]),
            Route("/lfs/{key}/{oid}/parts/{upload}/{number}", self._put_part, methods=["PUT"]),
        ]
        for repo_type, prefix in PAGE_PREFIXES.items():
            base = f"{prefix}/{{ns}}/{{name}}/info/lfs"
            routes.append(Route(f"{base}/objects/batch", typed(self._batch, repo_type), methods=["POST"]))
        return routes

    # The batch: what to send, what to fetch, and where.

    async def _batch(self, request: Request, repo_type: RepoType) -> Response:
        body = await read_json(request)
        operation = body.get("operation")
        if operation not in ("upload", "download"):
            raise Invalid(f"operation: {str(operation)[:40]!r} is neither 'upload' nor 'download'.")
        # @huggingface/hub writes it `sha_256`.
        if body.get("hash_algo", "sha256") not in ("sha256", "sha_256"):
            raise Unsupported(f"hash_algo: {str(body['hash_algo'])[:40]!r} is not offered here; use sha256.")
        wanted = _read_objects(body.get("objects"))
        action = Action.WRITE if operation == "upload" else Action.READ
        actor, handle = await self._access.find(request, repo_type, action)
        if isinstance(handle, MovedTo):
            return RedirectResponse(f"{self._urls.git(handle.ref)}.git/info/lfs/objects/batch", 307)
        transfers = body.get("transfers")
        offered = transfers if isinstance(transfers, list) else ["basic"]
        is_multipart = (
            operation == "upload"
            and "multipart" in offered
            and any(item.size_bytes > self.multipart_from_bytes for item in wanted)
        )
        user_id = actor.user_id or ""
        if operation == "upload" and await run_in_threadpool(
            self._repos.require_upload, actor, handle, _read_ref(body)
        ):
            wanted = [replace(item, is_proposed=True) for item in wanted]
        no_room = await run_in_threadpool(self._refuse_size, handle, wanted, operation)
        objects = (
            [_refused(item, 507, no_room) for item in wanted]
            if no_room
            else await run_in_threadpool(self._answer, handle.key, wanted, operation, user_id, is_multipart)
        )
        answer = {
            "transfer": "multipart" if is_multipart else "basic",
            "objects": objects,
            "hash_algo": "sha256",
        }
        return JSONResponse(answer, media_type=MEDIA_TYPE)

    def _refuse_size(self, handle: RepoHandle, wanted: list[_Wanted], operation: Operation) -> str | None:
        if operation == "download":
            return None
        held = self._repos.find_sizes(handle.key, {item.oid for item in wanted})
        return self._repos.refuse_size(
            handle, sum(item.size_bytes for item in wanted if item.oid not in held)
        )

    def _answer(
        self, key: str, wanted: list[_Wanted], operation: Operation, user_id: str, is_multipart: bool
    ) -> list[dict[str, object]]:
        held = self._repos.find_sizes(key, {item.oid for item in wanted})
        if operation == "download":
            return [self._offer_download(key, item, held.get(item.oid), user_id) for item in wanted]
        free = self._objects.free_bytes()
        return [self._offer_upload(key, item, held, free, user_id, is_multipart) for item in wanted]

    def _offer_download(self, key: str, item: _Wanted, size: int | None, user_id: str) -> dict[str, object]:
        if size is None:
            return _refused(item, 404, f"This repo holds no object {item.oid}.")
        lifetime = _DOWNLOAD_LIFETIME
        href = self._sign("download", key, _Wanted(item.oid, size), user_id, lifetime)
        actions = {"download": {"href": href, "expires_in": int(lifetime.total_seconds())}}
        return {"oid": item.oid, "size": size, "authenticated": True, "actions": actions}

    def _offer_upload(
        self,
        key: str,
        item: _Wanted,
        held: Mapping[str, int],
        free_bytes: int,
        user_id: str,
        is_multipart: bool,
    ) -> dict[str, object]:
        if held.get(item.oid) == item.size_bytes:
            return {"oid": item.oid, "size": item.size_bytes}  # no actions: stored already
        if item.size_bytes > self._max_size_bytes:
            return _refused(
                item, 413, f"{item.size_bytes} bytes are more than the {self._max_size_bytes} allowed."
            )
        if item.size_bytes > free_bytes:
            return _refused(item, 507, "The hub's disk is too full for this file; ask its owner for room.")
        seconds = int(_UPLOAD_LIFETIME.total_seconds())
        if is_multipart:
            href, header = self._sign_parts(key, item, user_id)
        else:
            href, header = self._sign("upload", key, item, user_id, _UPLOAD_LIFETIME), {}
        verify = self._sign("verify", key, item, user_id, _UPLOAD_LIFETIME, path="/verify")
        actions = {
            "upload": {"href": href, "header": header, "expires_in": seconds},
            "verify": {"href": verify, "expires_in": seconds},
        }
        return {"oid": item.oid, "size": item.size_bytes, "authenticated": True, "actions": actions}

    def _sign_parts(self, key: str, item: _Wanted, user_id: str) -> tuple[str, dict[str, str]]:
        """The completion address, and a header with each part's. Padded numbers, for git-lfs sorts them."""
        upload = self._objects.begin_parts()
        part_bytes = part_size(item.size_bytes, self.part_bytes)
        count = math.ceil(item.size_bytes / part_bytes)
        header = {"chunk_size": str(part_bytes)}
        for number in range(1, count + 1):
            path = f"/parts/{upload}/{number}"
            header[f"{number:05d}"] = self._sign(
                f"part {path}", key, item, user_id, _UPLOAD_LIFETIME, path=path
            )
        path = f"/parts/{upload}"
        return self._sign(f"complete {path}", key, item, user_id, _UPLOAD_LIFETIME, path=path), header

    # Bytes in.

    async def _put_object(self, request: Request) -> Response:
        grant = self._granted(request, "upload")
        temp = self._objects.begin()
        try:
            received = await receive_to_file(request, temp, limit_bytes=grant.size_bytes, sha256=True)
            if received.sha256 != grant.oid or received.size_bytes != grant.size_bytes:
                raise DigestMismatch(
                    f"oid: {received.size_bytes} bytes with sha256 {received.sha256} arrived, "
                    f"not {grant.size_bytes} with {grant.oid}; send the file again."
                )
            await run_in_threadpool(self._keep, grant, temp)
        finally:
            temp.unlink(missing_ok=True)
        return Response(status_code=200)

    def _keep(self, grant: Grant, temp: Path) -> None:
        self._objects.adopt(temp, grant.oid, grant.size_bytes)
        self._link(grant)

    def _link(self, grant: Grant) -> None:
        if grant.is_proposed:
            self._objects.propose(
                grant.repo_key, grant.oid, size_bytes=grant.size_bytes, uploaded_by=grant.user_id
            )
            return
        uploaded_by = grant.user_id or None
        self._objects.link(grant.repo_key, grant.oid, size_bytes=grant.size_bytes, uploaded_by=uploaded_by)

    async def _put_part(self, request: Request) -> Response:
        upload, asked = request.path_params["upload"], request.path_params["number"]
        grant = self._granted(request, f"part /parts/{upload}/{asked}")
        number = int(asked)  # as this hub signed it
        part_bytes = part_size(grant.size_bytes, self.part_bytes)
        expected = min(part_bytes, grant.size_bytes - (number - 1) * part_bytes)
        temp = self._objects.begin_part(upload)
        try:
            received = await receive_to_file(request, temp, limit_bytes=expected)
            if received.size_bytes != expected:
                raise Invalid(
                    f"part {number}: {received.size_bytes} bytes arrived of {expected}; send it again."
                )
            self._objects.adopt_part(upload, number, temp)
        finally:
            temp.unlink(missing_ok=True)
        return Response(status_code=200, headers={"ETag": f'"{upload}-{number}"'})

    async def _complete(self, request: Request) -> Response:
        upload = request.path_params["upload"]
        grant = self._granted(request, f"complete /parts/{upload}")
        body = await read_json(request)
        parts = body.get("parts")
        count = math.ceil(grant.size_bytes / part_size(grant.size_bytes, self.part_bytes))
        if body.get("oid") != grant.oid or not isinstance(parts, list) or len(parts) != count:
            raise Invalid(f"parts: name the object {grant.oid} and its {count} parts to complete the upload.")
        await run_in_threadpool(self._assemble, upload, count, grant)
        return JSONResponse({"success": True}, media_type=MEDIA_TYPE)

    def _assemble(self, upload: str, count: int, grant: Grant) -> None:
        held = self._repos.find_sizes(grant.repo_key, [grant.oid], grant.user_id or None)
        if held.get(grant.oid) == grant.size_bytes:
            return  # a completion repeated after its answer was lost
        self._objects.assemble(upload, part_count=count, sha256=grant.oid, size_bytes=grant.size_bytes)
        self._link(grant)

    async def _verify(self, request: Request) -> Response:
        grant = self._granted(request, "verify")
        held = await run_in_threadpool(
            self._repos.find_sizes, grant.repo_key, [grant.oid], grant.user_id or None
        )
        if held.get(grant.oid) != grant.size_bytes:
            raise EntryNotFound(
                grant.oid, message=f"The object {grant.oid} was not received; upload it again."
            )
        return JSONResponse({}, media_type=MEDIA_TYPE)

    # Bytes out.

    async def _get_object(self, request: Request) -> Response:
        grant = self._granted(request, "download")
        found = await run_in_threadpool(self._repos.open_object, grant.repo_key, grant.oid)
        span = parse_range(request.headers.get("range"), found.size_bytes)
        headers = {
            "ETag": f'"{grant.oid}"',
            "Content-Type": "application/octet-stream",
            "Accept-Ranges": "bytes",
        }
        if found.path is not None:
            return FileAnswer(found.path, size_bytes=found.size_bytes, span=span, headers=headers)
        whole = ByteRange(0, found.size_bytes)
        headers["Content-Length"] = str((span or whole).length)
        if span is not None:
            headers["Content-Range"] = span.content_range(found.size_bytes)
        return StreamingResponse(
            found.stream(span or whole), status_code=206 if span else 200, headers=headers
        )

    def _sign(
        self, purpose: str, key: str, item: _Wanted, user_id: str, lifetime: timedelta, *, path: str = ""
    ) -> str:
        expires = int((self._clock() + lifetime).timestamp())
        grant = Grant(purpose, key, item.oid, item.size_bytes, expires, user_id, item.is_proposed)
        return with_query(self._urls.absolute(f"/lfs/{key}/{item.oid}{path}"), **self._grants.sign(grant))

    def _granted(self, request: Request, purpose: str) -> Grant:
        parameters = request.path_params
        return self._grants.read(purpose, parameters["key"], parameters["oid"], request.query_params)


class DigestMismatch(Invalid):
    """The bytes that arrived are not those that were announced. Nothing was kept."""

    status = 422


def part_size(size_bytes: int, part_bytes: int = PART_BYTES) -> int:
    """How large the parts of an upload are: at least `part_bytes`, and as few as fit into one answer."""
    return part_bytes * max(1, math.ceil(size_bytes / (part_bytes * _MAX_PARTS)))


def _read_ref(body: Mapping[str, Any]) -> str | None:
    """The ref that an upload is for, where the client says so."""
    ref = body.get("ref")
    name = ref.get("name") if isinstance(ref, dict) else None
    return name if isinstance(name, str) else None


def _read_objects(objects: object) -> list[_Wanted]:
    if not isinstance(objects, list):
        raise Invalid("objects: is missing or no list; name the objects as {oid, size}.")
    if len(objects) > MAX_OBJECTS:
        raise TooLarge(
            f"objects: {len(objects)} are more than the {MAX_OBJECTS} of one request; ask in parts."
        )
    return [_read_object(item) for item in objects]


def _read_object(item: object) -> _Wanted:
    oid = item.get("oid") if isinstance(item, dict) else None
    size = item.get("size") if isinstance(item, dict) else None
    is_digest = isinstance(oid, str) and len(oid) == 64 and set(oid) <= set("0123456789abcdef")
    if not isinstance(oid, str) or not is_digest:
        raise Invalid(f"objects: oid {str(oid)[:80]!r} is no sha256 in lower-case hex.")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise Invalid(f"objects: size {str(size)[:40]!r} of {oid} is no number of bytes.")
    return _Wanted(oid, size)


def _refused(item: _Wanted, code: int, message: str) -> dict[str, object]:
    return {"oid": item.oid, "size": item.size_bytes, "error": {"code": code, "message": message}}


async def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object, of modest size. Raises Invalid or TooLarge."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _BODY_MAX_BYTES:
            raise TooLarge(f"body: more than the {_BODY_MAX_BYTES} bytes allowed here.")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Invalid("body: is no JSON object.")
    return content


def typed(call: Callable[..., Any], repo_type: RepoType) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Any:
        return await call(request, repo_type)

    return endpoint
