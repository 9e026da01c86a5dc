"""Answers made of bytes on disk: whole files and byte ranges, moved by the kernel where the server can.

`FileAnswer` uses the ASGI extension `http.response.zerocopysend` when the server offers it (ours does,
`wire/server.py`), else reads blocks in a thread.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from openhearth.kit.ranges import ByteRange

BLOCK_BYTES = 1 << 20


class FileAnswer(Response):
    """`span` of the file at `path` (None: all of it, status 200). The file is opened when the answer starts."""

    def __init__(
        self,
        path: Path,
        *,
        size_bytes: int,
        span: ByteRange | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status_code=206 if span else 200, headers=headers)
        self.path = path
        self.span = span or ByteRange(0, size_bytes)
        self.parts: Sequence[tuple[Path, ByteRange]] = [(path, self.span)]
        self.headers["Content-Length"] = str(self.span.length)
        self.headers.setdefault("Accept-Ranges", "bytes")
        self.headers.setdefault("Content-Type", "application/octet-stream")
        if span:
            self.headers["Content-Range"] = span.content_range(size_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        if scope["method"] == "HEAD" or not self.span.length:
            await send(start)
            await send({"type": "http.response.body", "body": b""})
            return
        can_copy = "http.response.zerocopysend" in scope.get("extensions", {})
        for number, (path, span) in enumerate(self.parts, start=1):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                if number == 1:
                    await send(start)
                await _send_part(descriptor, span, send, can_copy=can_copy, is_last=number == len(self.parts))
            finally:
                os.close(descriptor)


class PiecesAnswer(FileAnswer):
    """`span` of a body of `size_bytes` whose bytes are `parts`: spans of several files, in order."""

    def __init__(self, parts: Sequence[tuple[Path, ByteRange]], *, size_bytes: int, span: ByteRange) -> None:
        super().__init__(parts[0][0], size_bytes=size_bytes, span=span)
        self.parts = parts


async def _send_part(descriptor: int, span: ByteRange, send: Send, *, can_copy: bool, is_last: bool) -> None:
    if can_copy:
        await send(
            {
                "type": "http.response.zerocopysend",
                "file": descriptor,
                "offset": span.start,
                "count": span.length,
                "more_body": not is_last,
            }
        )
        return
    position = span.start
    while position < span.end:
        block = await asyncio.to_thread(os.pread, descriptor, min(BLOCK_BYTES, span.end - position), position)
        if not block:
            raise EOFError(f"a file to be sent ended at byte {position}")
        position += len(block)
        more_body = not is_last or position < span.end
        await send({"type": "http.response.body", "body": block, "more_body": more_body})
