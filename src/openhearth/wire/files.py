"""Answers made of bytes on disk: whole files and byte ranges, moved by the kernel where the server can.

`FileAnswer` uses the ASGI extension `http.response.zerocopysend` when the server offers it (ours does,
`wire/server.py`), else reads blocks in a thread.
"""

import asyncio
import os
from collections.abc import Mapping
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
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            await send(start)
            if "http.response.zerocopysend" in scope.get("extensions", {}):
                await send(
                    {
                        "type": "http.response.zerocopysend",
                        "file": descriptor,
                        "offset": self.span.start,
                        "count": self.span.length,
                    }
                )
            else:
                await self._send_blocks(descriptor, send)
        finally:
            os.close(descriptor)

    async def _send_blocks(self, descriptor: int, send: Send) -> None:
        position = self.span.start
        while position < self.span.end:
            wanted = min(BLOCK_BYTES, self.span.end - position)
            block = await asyncio.to_thread(os.pread, descriptor, wanted, position)
            if not block:
                raise EOFError(f"{self.path.name} ended at byte {position}")
            position += len(block)
            await send({"type": "http.response.body", "body": block, "more_body": position < self.span.end})
