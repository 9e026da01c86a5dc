"""A cap on bodies that are read into memory. Doors that stream to disk are left alone: each has a cap of its own."""

import re

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openhearth.errors import TooLarge
from openhearth.wire.render import render_error

IN_MEMORY_MAX_BYTES = 16 << 20
_STREAMED = re.compile(
    r"^/(cas|lfs|models|v1)/|/git-(receive|upload)-pack$|/info/lfs/"
    r"|^/api/[^/]+/[^/]+/[^/]+/commit/|^/(?!api/)((datasets|spaces|kernels)/)?[^/]+/[^/]+/(upload|edit|new)/"
    r"|^/buckets/[^/]+/[^/]+/upload(/|$)"
)


class BodyLimit:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD") or _STREAMED.search(scope["path"]):
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdigit() and int(announced) > IN_MEMORY_MAX_BYTES:
            await render_error(Request(scope), _too_large())(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > IN_MEMORY_MAX_BYTES:
                raise _too_large()
            return message

        await self.app(scope, counted, send)


def _too_large() -> TooLarge:
    return TooLarge(
        f"body: more than the {IN_MEMORY_MAX_BYTES >> 20} MiB this address takes; send less at once, large files by upload."
    )
