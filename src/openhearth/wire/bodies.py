"""Request bodies that go to disk as they arrive: capped, counted, hashed where asked, never held in memory.

Hashing follows each block at once, in a thread: sha256 over large buffers runs at half the speed (measured).
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import ClientDisconnect, Request

from openhearth.errors import Invalid, TooLarge

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class ReceivedBody:
    size_bytes: int
    sha256: str | None


async def receive_to_file(request: Request, target: Path, *, limit_bytes: int, sha256: bool = False) -> ReceivedBody:
    """Write the body of `request` to `target`. Not synced to disk: whoever adopts the file does that.

    Raises TooLarge beyond `limit_bytes` (before reading, where the length is announced) and Invalid if the body
    ends early. The file may be left half-written: it is the caller's to remove.
    """
    announced = request.headers.get("content-length")
    if announced is not None and announced.isdigit() and int(announced) > limit_bytes:
        raise TooLarge(f"body: {announced} bytes are more than the {limit_bytes} allowed here.")
    digest = hashlib.sha256() if sha256 else None
    size = 0
    with target.open("wb", buffering=0) as file:
        async for block in _blocks(request):
            size += len(block)
            if size > limit_bytes:
                raise TooLarge(f"body: more than the {limit_bytes} bytes allowed here.")
            await asyncio.to_thread(_keep, file.write, digest.update if digest else None, block)
    if announced is not None and announced.isdigit() and size != int(announced):
        raise Invalid(f"body: ended after {size} of {announced} bytes; send it again.")
    return ReceivedBody(size, digest.hexdigest() if digest else None)


def _keep(write: Callable[[bytearray], object], update: Callable[[bytearray], object] | None, block: bytearray) -> None:
    write(block)
    if update is not None:
        update(block)


async def _blocks(request: Request) -> AsyncIterator[bytearray]:
    """The body in blocks of about BLOCK_BYTES, so that a thread is worth its while."""
    pending = bytearray()
    try:
        async for piece in request.stream():
            pending += piece
            if len(pending) >= BLOCK_BYTES:
                yield pending
                pending = bytearray()
    except ClientDisconnect:
        raise Invalid("body: the connection closed before it was complete.") from None
    if pending:
        yield pending
