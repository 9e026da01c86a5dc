"""Uploaded shards: the message that lists files as terms, and the xorbs that are new. Reading only.

A shard is a header and two sections of 48-byte records, each ended by a bookend. Nothing in it is trusted:
every count is checked against the length of the body first. Format: huggingface/xet-core metadata_shard.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from openhearth.errors import Invalid, TooLarge
from openhearth.storage.xet.hashes import HASH_BYTES, to_hex
from openhearth.storage.xet.index import Records

SHARD_MAX_BYTES = 128 * 1024 * 1024  # the client aims at 64 MiB
RECORD_BYTES = 48
TAG = bytes.fromhex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9")
VERSION = 2
FOOTER_BYTES = 200
BOOKEND = b"\xff" * HASH_BYTES + bytes(16)

HEADER = np.dtype([("tag", "V32"), ("version", "<u8"), ("footer_bytes", "<u8")])
ENTRY = np.dtype(
    [("hash", "V32"), ("flags", "<u4"), ("count", "<u4"), ("unpacked", "<u4"), ("packed", "<u4")]
)
TERM = np.dtype([("xorb", "V32"), ("flags", "<u4"), ("unpacked", "<u4"), ("start", "<u4"), ("end", "<u4")])
CHUNK = np.dtype([("hash", "V32"), ("offset", "<u4"), ("size", "<u4"), ("flags", "<u4"), ("zero", "<u4")])

_HAS_RANGE_HASHES = 1 << 31
_HAS_METADATA = 1 << 30
_BOOKEND_HASH = BOOKEND[:HASH_BYTES]


@dataclass(frozen=True)
class ShardFile:
    """A file as its writer describes it: terms, a proof for each, and the sha256 it claims."""

    hash: bytes
    terms: Records
    range_hashes: Records
    sha256: str | None


@dataclass(frozen=True)
class ShardXorb:
    hash: bytes
    chunks: Records


@dataclass(frozen=True)
class Shard:
    files: list[ShardFile]
    xorbs: list[ShardXorb]


def parse_shard(body: bytes) -> Shard:
    """Read an uploaded shard. Raises Invalid, TooLarge."""
    if len(body) > SHARD_MAX_BYTES:
        raise TooLarge(
            f"shard: has {len(body)} bytes; at most {SHARD_MAX_BYTES} are accepted, send several shards."
        )
    reader = _Reader(body)
    files = list(_read_files(reader))
    xorbs = list(_read_xorbs(reader))
    reader.check_end()
    return Shard(files, xorbs)


class _Reader:
    """Takes records from a shard's body, never more than there are."""

    def __init__(self, body: bytes) -> None:
        if len(body) < RECORD_BYTES or body[:HASH_BYTES] != TAG:
            raise Invalid("shard: does not begin with the shard header; send an unchanged Xet shard.")
        header = np.frombuffer(body, HEADER, 1)[0]
        if header["version"] != VERSION:
            raise Invalid(f"shard: version {header['version']} is unknown; use version {VERSION}.")
        self._has_footer = header["footer_bytes"] != 0
        self._body = body
        self._at = RECORD_BYTES

    def take(self, dtype: np.dtype[np.void], count: int) -> Records:
        end = self._at + count * RECORD_BYTES
        if end > len(self._body):
            raise Invalid(
                f"shard: ends before the {count} records announced at byte {self._at}; send it again."
            )
        records = np.frombuffer(self._body, dtype, count, self._at)
        self._at = end
        return records

    def entries(self) -> Iterator[Records]:
        """The entry headers of a section, up to its bookend; the caller takes what belongs to each."""
        while True:
            entry = self.take(ENTRY, 1)
            if entry["hash"].tobytes() == _BOOKEND_HASH:
                return
            yield entry

    def check_end(self) -> None:
        if not self._has_footer and self._at != len(self._body):
            raise Invalid(
                f"shard: {len(self._body) - self._at} bytes follow its end; send an unchanged Xet shard."
            )


def _read_files(reader: _Reader) -> Iterator[ShardFile]:
    for entry in reader.entries():
        raw, flags, count = entry["hash"].tobytes(), int(entry["flags"][0]), int(entry["count"][0])
        if not flags & _HAS_RANGE_HASHES:
            raise Invalid(f"shard: file {to_hex(raw)} has no verification entries; update your Xet client.")
        terms = reader.take(TERM, count)
        proofs = reader.take(ENTRY, count)
        # The protocol writes sha256 as it writes its own hashes, so the same reading gives the usual hex.
        sha256 = to_hex(reader.take(ENTRY, 1)["hash"].tobytes()) if flags & _HAS_METADATA else None
        yield ShardFile(raw, terms, proofs["hash"], sha256)


def _read_xorbs(reader: _Reader) -> Iterator[ShardXorb]:
    for entry in reader.entries():
        yield ShardXorb(entry["hash"].tobytes(), reader.take(CHUNK, int(entry["count"][0])))
