"""A load generator for requests without a body: few lines, so that it costs less than what it measures.

Speaks HTTP/1.1 over kept connections and knows that the answer to HEAD has no body (`wrk` waits for one).
"""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import psutil

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


@dataclass
class Load:
    """What came of it: seconds for each request, and of the server's CPU for all of them."""

    wall_s: float = 0.0
    server_cpu_s: float = 0.0
    took_s: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.took_s) / self.wall_s

    @property
    def median_ms(self) -> float:
        return statistics.median(self.took_s) * 1000

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of the server for one request."""
        return self.server_cpu_s / len(self.took_s) * 1000


def load(
    port: int, method: str, path: str, headers: Mapping[str, str], *, clients: int, seconds: float, pid: int
) -> Load:
    """Ask `clients` at a time, each as soon as it was answered, for `seconds`. Fails on any answer but 200."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        *(f"{k}: {v}" for k, v in headers.items()),
    ]
    request = "\r\n".join([*lines, "", ""]).encode()
    server = psutil.Process(pid)
    found, cpu, began = Load(), sum(server.cpu_times()[:2]), time.perf_counter()
    asyncio.run(_ask_together(port, request, clients, began + seconds, found))
    found.wall_s = time.perf_counter() - began
    found.server_cpu_s = sum(server.cpu_times()[:2]) - cpu
    return found


async def _ask_together(port: int, request: bytes, clients: int, until: float, found: Load) -> None:
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(
            lambda: _Asking(request, until, found.took_s, loop.create_future()), "127.0.0.1", port
        )
        for _ in range(clients)
    ]
    await asyncio.gather(*(client.done for _, client in opened))


class _Asking(asyncio.Protocol):
    """One connection that asks again and again."""

    def __init__(self, request: bytes, until: float, took_s: list[float], done: asyncio.Future[None]) -> None:
        self._request = request
        self._until = until
        self._took_s = took_s
        self._has_body = not request.startswith(b"HEAD")
        self._buffer = b""
        self.done = done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(_HEAD_END)
        if not end:
            return
        length = _LENGTH.search(head) if self._has_body else None
        if length is not None and len(body) < int(length[1]):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._stop(AssertionError(head.decode("latin-1")))
            return
        self._took_s.append(time.perf_counter() - self._asked_at)
        if self._asked_at > self._until:
            self._stop(None)
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop(exc or ConnectionError("the hub closed the connection"))

    def _ask(self) -> None:
        self._buffer = b""
        self._asked_at = time.perf_counter()
        self._transport.write(self._request)

    def _stop(self, problem: Exception | None) -> None:
        if not self.done.done():
            self._transport.close()
            if problem is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(problem)
