"""Passing a fetch between a client and git, with an eye on what the client wants."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from openhearth.storage.git import WantReader, error_packet

if TYPE_CHECKING:
    import asyncssh

    Process = asyncssh.SSHServerProcess[bytes]

FindUnreachable = Callable[[Collection[str]], set[str]]
_BLOCK_BYTES = 256 << 10


async def pass_fetch(
    process: Process, git: asyncio.subprocess.Process, find_unreachable: FindUnreachable
) -> int:
    """The exit status of the fetch. Wants that no ref leads to are refused in git's own words."""
    inward = asyncio.create_task(_pass_in(process, git, find_unreachable))
    try:
        assert git.stdout is not None
        while block := await git.stdout.read(_BLOCK_BYTES):
            process.stdout.write(block)
            await process.stdout.drain()
    finally:
        inward.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await inward
    return await git.wait()


async def _pass_in(
    process: Process, git: asyncio.subprocess.Process, find_unreachable: FindUnreachable
) -> None:
    reader, target = WantReader(), git.stdin
    assert target is not None
    with contextlib.suppress(ConnectionError):
        while block := await process.stdin.read(_BLOCK_BYTES):
            for packet, ends in reader.feed(block):
                if ends and (wants := reader.take()):
                    unreachable = await asyncio.to_thread(find_unreachable, wants)
                    if unreachable:
                        process.stdout.write(error_packet(min(unreachable)))
                        git.kill()
                        return
                target.write(packet)
            await target.drain()
        target.close()
