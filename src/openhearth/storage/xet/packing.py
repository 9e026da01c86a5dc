"""A file of our own disk as xorbs and terms: what clients do before they upload, for those that cannot."""

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import lz4.frame
import numpy as np

from openhearth.storage.xet.chunking import cut
from openhearth.storage.xet.hashes import chunk_hash, file_hash, merkle_root, range_hash
from openhearth.storage.xet.shard import TERM, Shard, ShardFile
from openhearth.storage.xet.xorb import CHUNK_MAX_BYTES, HEADER_BYTES, XORB_MAX_BYTES, XORB_MAX_CHUNKS

_STORED, _LZ4 = 0, 1

NewTemp = Callable[[], Path]
Adopt = Callable[[Path, bytes], object]


@dataclass
class _Packed:
    """The chunks of one file so far, and of the xorb being filled."""

    hashes: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    terms: list[tuple[bytes, int, int, int, int]] = field(default_factory=list)
    proofs: list[bytes] = field(default_factory=list)
    first: int = 0  # of the xorb's chunks, among all

    def close_xorb(self) -> bytes:
        """The hash of the xorb that is full; the next chunk begins another."""
        hashes, sizes = b"".join(self.hashes[self.first :]), self.sizes[self.first :]
        xorb = merkle_root(hashes, sizes)
        self.terms.append((xorb, 0, sum(sizes), 0, len(sizes)))
        self.proofs.append(range_hash(hashes))
        self.first = len(self.hashes)
        return xorb


def pack_file(path: Path, *, sha256: str | None, new_temp: NewTemp, adopt: Adopt) -> Shard:
    """Store the file at `path` (not empty) by giving each of its xorbs to `adopt`; gives the shard that describes it."""
    packed = _Packed()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        content = memoryview(mapped)
        try:
            for spans in _xorbs(cut(content)):
                temp = new_temp()
                try:
                    _write_xorb(temp, content, spans, packed)
                    adopt(temp, packed.close_xorb())
                finally:
                    temp.unlink(missing_ok=True)
        finally:
            content.release()
    hash = file_hash(b"".join(packed.hashes), packed.sizes)
    terms = np.array(packed.terms, TERM)
    proofs = np.frombuffer(b"".join(packed.proofs), "V32")
    return Shard([ShardFile(hash, terms, proofs, sha256)], [])


def _xorbs(spans: Iterator[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """The chunks of each xorb: as many as one holds."""
    group: list[tuple[int, int]] = []
    for span in spans:
        if group and (len(group) == XORB_MAX_CHUNKS or span[1] - group[0][0] > XORB_MAX_BYTES):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _write_xorb(temp: Path, content: memoryview, spans: list[tuple[int, int]], packed: _Packed) -> None:
    with temp.open("wb") as body:
        for start, end in spans:
            with content[start:end] as chunk:
                packed.hashes.append(chunk_hash(chunk))
                packed.sizes.append(end - start)
                for piece in _pack_chunk(chunk):
                    body.write(piece)


def _pack_chunk(chunk: memoryview) -> tuple[bytes, bytes | memoryview]:
    """Header and payload, compressed where that helps."""
    assert len(chunk) <= CHUNK_MAX_BYTES
    payload: bytes | memoryview = lz4.frame.compress(chunk)
    scheme = _LZ4
    if len(payload) >= len(chunk):
        payload, scheme = chunk, _STORED
    header = (
        bytes([0]) + len(payload).to_bytes(3, "little") + bytes([scheme]) + len(chunk).to_bytes(3, "little")
    )
    assert len(header) == HEADER_BYTES
    return header, payload
