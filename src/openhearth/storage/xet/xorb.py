"""The xorb format: compressed chunks back to back, each behind an 8-byte header. Reading and checking only.

Nothing read here is trusted: every length is checked before it is used, decompression stops at the declared
size. Format: huggingface/xet-core cas_object; limits and schemes as the released client writes them.
"""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import lz4.frame
import numpy as np

from openhearth.errors import Invalid, TooLarge
from openhearth.storage.xet.hashes import HASH_BYTES, chunk_hash, keyed_hash, merkle_root, to_hex
from openhearth.storage.xet.index import XorbIndex

CHUNK_MAX_BYTES = 128 * 1024
XORB_MAX_BYTES = 64 * 1024 * 1024  # unpacked
XORB_MAX_CHUNKS = 8192
HEADER_BYTES = 8
FOOTER_TAG = b"XETBLOB"
_FOOTER_MAX_BYTES = XORB_MAX_CHUNKS * (HASH_BYTES + 8) + 1024
# What a client may post: incompressible chunks, their headers, and the footer of older clients.
BODY_MAX_BYTES = XORB_MAX_BYTES + XORB_MAX_CHUNKS * HEADER_BYTES + _FOOTER_MAX_BYTES

_STORED, _LZ4, _GROUPED_LZ4 = 0, 1, 2


class PackedChunk(NamedTuple):
    """A chunk as it lies in a xorb; `end` is the offset behind it."""

    end: int
    scheme: int
    size_bytes: int
    payload: memoryview


def walk_chunks(body: memoryview) -> Iterator[PackedChunk]:
    """The chunks of `body` in order, up to its end or to a footer. Raises Invalid."""
    at, length = 0, len(body)
    while at < length and body[at : at + len(FOOTER_TAG)] != FOOTER_TAG:
        start = at + HEADER_BYTES
        if start > length:
            raise Invalid(f"xorb: the chunk header at byte {at} is cut off; send the whole xorb.")
        version, scheme = body[at], body[at + 4]
        packed = int.from_bytes(body[at + 1 : at + 4], "little")
        size = int.from_bytes(body[at + 5 : start], "little")
        if version != 0 or not 0 < size <= CHUNK_MAX_BYTES or packed > 2 * CHUNK_MAX_BYTES:
            raise Invalid(
                f"xorb: the chunk header at byte {at} is malformed; send chunks of at most 128 KiB."
            )
        at = start + packed
        if at > length:
            raise Invalid(f"xorb: the chunk at byte {start} is cut off; send the whole xorb.")
        yield PackedChunk(at, scheme, size, body[start:at])


def unpack(chunk: PackedChunk) -> bytes | memoryview:
    """The content of a chunk. Never makes more than its declared size and a byte. Raises Invalid."""
    if chunk.scheme == _STORED:
        content: bytes | memoryview = chunk.payload
    elif chunk.scheme in (_LZ4, _GROUPED_LZ4):
        content = _decompress(chunk)
    else:
        raise Invalid(f"xorb: compression scheme {chunk.scheme} is unknown; use 0, 1 or 2.")
    if len(content) != chunk.size_bytes:
        raise Invalid(f"xorb: a chunk of {chunk.size_bytes} bytes unpacks to another length; send it again.")
    return _ungroup(content) if chunk.scheme == _GROUPED_LZ4 else content


def _decompress(chunk: PackedChunk) -> bytes:
    decompressor = lz4.frame.LZ4FrameDecompressor()
    try:
        # The one-shot function of the library has no limit: a small frame could fill the memory.
        content: bytes = decompressor.decompress(chunk.payload, max_length=chunk.size_bytes + 1)
    except RuntimeError as error:
        raise Invalid(f"xorb: a chunk is no LZ4 frame ({error}); send it again.") from None
    if not decompressor.eof or decompressor.unused_data:
        raise Invalid(
            f"xorb: a chunk of {chunk.size_bytes} bytes is not exactly one LZ4 frame; send it again."
        )
    return content


def _ungroup(grouped: bytes | memoryview) -> memoryview:
    """Undo byte grouping: bytes 0, 4, 8… come first, then 1, 5, 9… (of floats: first the low bytes)."""
    source = np.frombuffer(grouped, np.uint8)
    content = np.empty(len(source), np.uint8)
    at = 0
    for lane in range(4):
        size = (len(source) - lane + 3) // 4
        content[lane::4] = source[at : at + size]
        at += size
    return content.data


def index_body(body: memoryview, *, key: bytes) -> XorbIndex:
    """Unpack and hash every chunk of `body`. `key` blinds the hashes for dedup answers. Raises Invalid."""
    hashes: list[bytes] = []
    packed_ends: list[int] = []
    ends: list[int] = []
    end = 0
    for chunk in walk_chunks(body):
        end += chunk.size_bytes
        if end > XORB_MAX_BYTES or len(hashes) == XORB_MAX_CHUNKS:
            raise TooLarge(f"xorb: holds more than 64 MiB or {XORB_MAX_CHUNKS} chunks; split it.")
        hashes.append(chunk_hash(unpack(chunk)))
        packed_ends.append(chunk.end)
        ends.append(end)
    if not hashes:
        raise Invalid("xorb: holds no chunk; send at least one.")
    keyed = b"".join(keyed_hash(key, raw) for raw in hashes)
    return XorbIndex.build(b"".join(hashes), keyed, packed_ends, ends)


def verify_body(path: Path, expected: bytes, *, key: bytes) -> XorbIndex:
    """The index of the xorb at `path`. Raises Invalid unless it is the xorb `expected`."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise Invalid("xorb: is empty; send at least one chunk.")
        # Not closed here: an error's traceback may still hold views, so the last of them closes the mapping.
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    index = index_body(memoryview(mapped), key=key)
    actual = merkle_root(index.hashes(), index.sizes())
    if actual != expected:
        raise Invalid(
            f"xorb: the content hashes to {to_hex(actual)}, not to {to_hex(expected)}; send it again."
        )
    return index
