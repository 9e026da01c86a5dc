"""What a Xet client does before it uploads: cuts files into chunks, packs xorbs, writes shards."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import lz4.frame

from openhearth.storage.xet.hashes import chunk_hash, file_hash, merkle_root, range_hash
from openhearth.storage.xet.shard import BOOKEND, TAG, VERSION

CHUNK_BYTES = 16 * 1024
VERIFIED, METADATA = 1 << 31, 1 << 30


def cut(content: bytes, size: int = CHUNK_BYTES) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def group_bytes(content: bytes) -> bytes:
    return b"".join(content[lane::4] for lane in range(4))


def header(packed: int, unpacked: int, *, scheme: int = 0, version: int = 0) -> bytes:
    return bytes([version]) + packed.to_bytes(3, "little") + bytes([scheme]) + unpacked.to_bytes(3, "little")


def pack_chunk(chunk: bytes, scheme: int = 0) -> bytes:
    stored = group_bytes(chunk) if scheme == 2 else chunk
    payload = lz4.frame.compress(stored) if scheme else stored
    return header(len(payload), len(chunk), scheme=scheme) + payload


@dataclass(frozen=True)
class PackedXorb:
    chunks: list[bytes]
    scheme: int = 0

    @property
    def body(self) -> bytes:
        return b"".join(pack_chunk(chunk, self.scheme) for chunk in self.chunks)

    @property
    def hashes(self) -> list[bytes]:
        return [chunk_hash(chunk) for chunk in self.chunks]

    @property
    def hash(self) -> bytes:
        return merkle_root(b"".join(self.hashes), [len(chunk) for chunk in self.chunks])

    def term(self, start: int = 0, end: int | None = None) -> Term:
        end = len(self.chunks) if end is None else end
        return Term(
            xorb=self.hash, start=start, end=end,
            unpacked=sum(len(chunk) for chunk in self.chunks[start:end]),
            proof=range_hash(b"".join(self.hashes[start:end])),
        )  # fmt: skip

    def entry(self) -> bytes:
        records, offset = [], 0
        for chunk, raw in zip(self.chunks, self.hashes, strict=True):
            records.append(raw + struct.pack("<4I", offset, len(chunk), 0, 0))
            offset += len(chunk)
        return self.hash + struct.pack("<4I", 0, len(records), offset, 0) + b"".join(records)


@dataclass(frozen=True)
class Term:
    xorb: bytes
    start: int
    end: int
    unpacked: int
    proof: bytes


@dataclass(frozen=True)
class PackedFile:
    """A file as the shard describes it; a test changes one field with `but` and expects to be refused."""

    hash: bytes
    terms: list[Term]
    sha256: bytes | None = None
    flags: int | None = None

    @classmethod
    def of(cls, pieces: Sequence[tuple[PackedXorb, int, int]], *, sha256: bytes | None = None) -> PackedFile:
        chunks = [chunk for xorb, start, end in pieces for chunk in xorb.chunks[start:end]]
        hashes = b"".join(chunk_hash(chunk) for chunk in chunks)
        return cls(
            hash=file_hash(hashes, [len(chunk) for chunk in chunks]),
            terms=[xorb.term(start, end) for xorb, start, end in pieces],
            sha256=sha256 or hashlib.sha256(b"".join(chunks)).digest(),
        )

    def but(self, **changes: object) -> PackedFile:
        return replace(self, **changes)  # type: ignore[arg-type]

    def but_term(self, at: int, **changes: object) -> PackedFile:
        terms = list(self.terms)
        terms[at] = replace(terms[at], **changes)  # type: ignore[arg-type]
        return self.but(terms=terms)

    def entry(self) -> bytes:
        flags = VERIFIED | (METADATA if self.sha256 else 0) if self.flags is None else self.flags
        parts = [self.hash + struct.pack("<2IQ", flags, len(self.terms), 0)]
        parts += [t.xorb + struct.pack("<4I", 0, t.unpacked, t.start, t.end) for t in self.terms]
        if flags & VERIFIED:
            parts += [term.proof + bytes(16) for term in self.terms]
        if flags & METADATA:
            parts.append(swap(self.sha256 or bytes(32)) + bytes(16))
        return b"".join(parts)


@dataclass(frozen=True)
class PackedShard:
    files: list[PackedFile]
    xorbs: list[PackedXorb] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        head = TAG + struct.pack("<2Q", VERSION, 0)
        files = b"".join(file.entry() for file in self.files)
        return head + files + BOOKEND + b"".join(xorb.entry() for xorb in self.xorbs) + BOOKEND


def swap(raw: bytes) -> bytes:
    """The bytes of each 8-byte group reversed: how shards hold a sha256."""
    return b"".join(raw[at : at + 8][::-1] for at in range(0, len(raw), 8))
