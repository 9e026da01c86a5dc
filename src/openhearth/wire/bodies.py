"""Request bodies that go to disk as they arrive: capped, counted, hashed where asked, never held in memory.

Hashing follows each block at once, in a thread: sha256 over large buffers runs at half the speed (measured).
"""

import asyncio
import hashlib
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from starlette.requests import ClientDisconnect, Request

from openhearth.errors import Invalid, TooLarge

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class ReceivedBody:
    size_bytes: int
    sha256: str | None


async def receive_to_file(
    request: Request, target: Path, *, limit_bytes: int, sha256: bool = False
) -> ReceivedBody:
    """Write the body of `request` to `target`. Not synced to disk: whoever adopts the file does that.

    Raises TooLarge beyond `limit_bytes` (before reading, where the length is announced) and Invalid if the body
    ends early. The file may be left half-written: it is the caller's to remove.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit_bytes:
        raise TooLarge(f"body: {announced} bytes are more than the {limit_bytes} allowed here.")
    size = 0
    with target.open("wb", buffering=0) as file:
        sink = _HashedSink(file) if sha256 else _PlainSink(file)
        try:
            async for piece in request.stream():
                size += len(piece)
                if size > limit_bytes:
                    raise TooLarge(f"body: more than the {limit_bytes} bytes allowed here.")
                await sink.take(piece)
        except ClientDisconnect:
            raise Invalid("body: the connection closed before it was complete.") from None
        finally:
            digest = await sink.finish()
    if announced.isdigit() and size != int(announced):
        raise Invalid(f"body: ended after {size} of {announced} bytes; send it again.")
    return ReceivedBody(size, digest)


class _PlainSink:
    """Writes each piece as it comes: the page cache takes one in less time than a hop to a thread."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    async def take(self, piece: bytes) -> None:
        _write_all(self._file, piece)

    async def finish(self) -> str | None:
        return None


class _HashedSink:
    """Writes and hashes a block in a thread while the next one arrives."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._pieces: list[bytes] = []
        self._waiting_bytes = 0
        self._running: asyncio.Future[None] | None = None

    async def take(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._waiting_bytes += len(piece)
        if self._waiting_bytes >= BLOCK_BYTES:
            await self._hand_over()

    async def finish(self) -> str | None:
        await self._hand_over()
        if self._running is not None:
            await self._running
        return self._digest.hexdigest()

    async def _hand_over(self) -> None:
        if self._running is not None:
            await self._running
        pieces, self._pieces, self._waiting_bytes = self._pieces, [], 0
        self._running = asyncio.get_running_loop().run_in_executor(None, self._keep, pieces)

    def _keep(self, pieces: list[bytes]) -> None:
        for piece in pieces:
            _write_all(self._file, piece)
            self._digest.update(piece)


def _write_all(file: FileIO, piece: bytes) -> None:
    """An unbuffered file may take less than it is given, on a disk that is nearly full for instance."""
    view = memoryview(piece)
    while view:
        view = view[file.write(view) :]
