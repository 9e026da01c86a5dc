"""Cutting a file into chunks where its content says so, exactly as clients do: equal parts become equal chunks.

A chunk ends behind a byte at which the gear hash of the last 64 bytes begins with sixteen zero bits, once it
has 8 KiB, and at 128 KiB at the latest (xet-core deduplication/chunking). As 64 bytes are fewer than 8 KiB, the
hash at each place can be had without the places before: for a whole block at once, by six doublings.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from openhearth.storage.xet.gear import TABLE
from openhearth.storage.xet.xorb import CHUNK_MAX_BYTES

CHUNK_MIN_BYTES = 8 * 1024
_WINDOW = 64
_BLOCK_BYTES = 64 * 1024  # with its hashes it fits the cache of a core
_BOUNDARY = np.uint64(0xFFFF_0000_0000_0000)


def cut(content: memoryview) -> Iterator[tuple[int, int]]:
    """Where each chunk begins and ends."""
    start = 0
    for boundary in _boundaries(content):
        while boundary - start > CHUNK_MAX_BYTES:
            yield start, start + CHUNK_MAX_BYTES
            start += CHUNK_MAX_BYTES
        if boundary - start >= CHUNK_MIN_BYTES:
            yield start, boundary
            start = boundary
    while start < len(content):
        end = min(start + CHUNK_MAX_BYTES, len(content))
        yield start, end
        start = end


def _boundaries(content: memoryview) -> Iterator[int]:
    """Every place behind which a chunk may end."""
    source = np.frombuffer(content, np.uint8)
    for at in range(0, len(source), _BLOCK_BYTES):
        before = min(at, _WINDOW - 1)
        hashes = _gear_hashes(source[at - before : at + _BLOCK_BYTES])[before:]
        yield from (np.flatnonzero((hashes & _BOUNDARY) == 0) + at + 1).tolist()


def _gear_hashes(block: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """At each byte the sum over the 64 bytes up to it, each one's word shifted by its distance."""
    hashes: NDArray[np.uint64] = TABLE[block]
    for step in (1, 2, 4, 8, 16, 32):
        hashes[step:] += hashes[:-step] << np.uint64(step)
    return hashes
