"""The server's protocol: uvicorn's, plus files that the kernel moves from disk to socket.

Implements the ASGI extension `http.response.zerocopysend` (ASGI specification, "Zero Copy Send") with
`os.sendfile` in a thread. Going through ASGI body messages instead costs a factor of four to five.
"""

import asyncio
import os
import select
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

SENDFILE_MAX_BYTES = 8 << 20
SENT_AT_ONCE_MAX_BYTES = 256 << 10
STALL_TIMEOUT_S = 120.0
_SENDERS = ThreadPoolExecutor(64, thread_name_prefix="sendfile")


class ZeroCopyProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol, offering `zerocopysend`, on sockets without Nagle's delay."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, _ZeroCopy(app, cycle))  # type: ignore[arg-type]


class _ZeroCopy:
    """Stands between one request's cycle and the application, and answers `zerocopysend` itself."""

    def __init__(self, app: ASGIApp, cycle: RequestResponseCycle) -> None:
        self.app = app
        self.cycle = cycle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})["http.response.zerocopysend"] = {}

        async def zero_copy(message: Message) -> None:
            if message["type"] == "http.response.zerocopysend":
                await self._send_file(message)
                more_body = message.get("more_body", False)
                message = {"type": "http.response.body", "body": b"", "more_body": more_body}
            await send(message)

        await self.app(scope, receive, zero_copy)

    async def _send_file(self, message: Message) -> None:
        """Send `count` bytes of the open `file` from `offset`. A client that is gone aborts the connection."""
        transport = self.cycle.transport
        await _flushed(transport)
        if self.cycle.disconnected or transport.is_closing():
            return
        out = transport.get_extra_info("socket").fileno()
        offset, count = message["offset"], message["count"]
        try:
            sent = _try_copy(out, message["file"], offset, count) if count <= SENT_AT_ONCE_MAX_BYTES else 0
            if sent < count:
                await asyncio.get_running_loop().run_in_executor(
                    _SENDERS, _copy, out, message["file"], offset + sent, count - sent
                )
        except OSError:
            transport.abort()
            return
        self.cycle.expected_content_length -= count


async def _flushed(transport: asyncio.Transport) -> None:
    """Wait until the head of the answer has left our buffer: the kernel's copy must come after it."""
    turns = 0
    while transport.get_write_buffer_size() and not transport.is_closing():
        turns += 1
        await asyncio.sleep(0 if turns < 10 else 0.001)


def _try_copy(out: int, source: int, offset: int, count: int) -> int:
    """Send as much of `count` bytes as the socket takes without waiting: a small range costs no hop to a thread."""
    try:
        return os.sendfile(out, source, offset, count)
    except BlockingIOError:
        return 0


def _copy(out: int, source: int, offset: int, count: int) -> None:
    """Copy `count` bytes of `source` to the non-blocking socket `out`. Raises OSError if the peer is gone or stalls."""
    poller = select.poll()
    poller.register(out, select.POLLOUT | select.POLLERR | select.POLLHUP)
    end = offset + count
    while offset < end:
        try:
            sent = os.sendfile(out, source, offset, min(SENDFILE_MAX_BYTES, end - offset))
        except BlockingIOError:
            if not poller.poll(STALL_TIMEOUT_S * 1000):
                raise TimeoutError("the client stopped reading") from None
            continue
        if not sent:
            raise OSError("the file ended early")
        offset += sent
