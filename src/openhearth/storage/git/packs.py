"""Writing one pack and its index for one commit: whole objects, zlib level 1, no deltas.

Both files are synced to disk before they get their final names, so that a ref written afterwards never points
at objects that a power cut could take. Formats: gitformat-pack(5), pack version 2 and index version 2.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

from openhearth.storage.durable import sync_folder
from openhearth.storage.git.objects import ObjectType

_TYPE_CODES: dict[ObjectType, int] = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
_LARGE_OFFSET = 1 << 31
_FLUSH_BYTES = 1 << 20


class _Indexed(NamedTuple):
    oid: bytes
    crc32: int
    offset: int


class PackWriter:
    """Collect objects, then `finish`. The object count stands in the header, so it is mended at the end."""

    def __init__(self, pack_folder: Path) -> None:
        self._folder = pack_folder
        # git removes files of this name by itself (`git prune-packed`, `git gc`) when a crash leaves them.
        self._temp = pack_folder / f"tmp_pack_{secrets.token_hex(8)}"
        self._file = io.BufferedRandom(io.FileIO(self._temp, "w+"), _FLUSH_BYTES)
        self._file.write(b"PACK" + struct.pack(">II", 2, 0))
        self._offset = 12
        self._index: dict[bytes, _Indexed] = {}

    def __contains__(self, oid: bytes) -> bool:
        return oid in self._index

    def __len__(self) -> int:
        return len(self._index)

    def add(self, oid: bytes, kind: ObjectType, content: bytes) -> None:
        """Write an object once; the caller vouches that `oid` is its id."""
        if oid in self._index:
            return
        record = _header(_TYPE_CODES[kind], len(content)) + zlib.compress(content, 1)
        self._index[oid] = _Indexed(oid, zlib.crc32(record), self._offset)
        self._file.write(record)
        self._offset += len(record)

    def finish(self) -> None:
        """Put the pack among the repo's objects, durably. Without objects nothing is kept."""
        if not self._index:
            self.discard()
            return
        self._file.seek(8)
        self._file.write(struct.pack(">I", len(self._index)))
        checksum = self._checksum()
        self._file.seek(0, os.SEEK_END)
        self._file.write(checksum)
        _close_synced(self._file)
        self._publish(checksum)

    def discard(self) -> None:
        self._file.close()
        self._temp.unlink(missing_ok=True)

    def _checksum(self) -> bytes:
        self._file.seek(0)
        return hashlib.file_digest(self._file, lambda: hashlib.sha1(usedforsecurity=False)).digest()

    def _publish(self, checksum: bytes) -> None:
        """The pack first and its index last: git looks for indexes, and an index must have its pack."""
        index_temp = self._temp.with_name(self._temp.name.replace("tmp_pack", "tmp_idx"))
        with index_temp.open("wb") as file:
            file.write(_encode_index(sorted(self._index.values()), checksum))
            _close_synced(file)
        name = f"pack-{checksum.hex()}"
        for temp, ending in ((self._temp, ".pack"), (index_temp, ".idx")):
            temp.chmod(0o444)
            temp.replace(self._folder / f"{name}{ending}")
        sync_folder(self._folder)


def _close_synced(file: io.BufferedIOBase) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()


def _header(type_code: int, size: int) -> bytes:
    """Type and size as git packs them: 4 bits of size in the first byte, then 7 in each."""
    byte = (type_code << 4) | (size & 15)
    size >>= 4
    out = bytearray()
    while size:
        out.append(byte | 0x80)
        byte = size & 0x7F
        size >>= 7
    out.append(byte)
    return bytes(out)


def _encode_index(entries: list[_Indexed], checksum: bytes) -> bytes:
    """Index version 2. `entries` are sorted by oid."""
    counts = [0] * 256
    for entry in entries:
        counts[entry.oid[0]] += 1
    fanout = [sum(counts[: n + 1]) for n in range(256)]
    large = [entry.offset for entry in entries if entry.offset >= _LARGE_OFFSET]
    place = iter(range(len(large)))
    offsets = [e.offset if e.offset < _LARGE_OFFSET else _LARGE_OFFSET | next(place) for e in entries]
    body = b"".join(
        (
            b"\377tOc" + struct.pack(">I", 2),
            struct.pack(">256I", *fanout),
            b"".join(entry.oid for entry in entries),
            struct.pack(f">{len(entries)}I", *(entry.crc32 for entry in entries)),
            struct.pack(f">{len(entries)}I", *offsets),
            struct.pack(f">{len(large)}Q", *large),
            checksum,
        )
    )
    return body + hashlib.sha1(body, usedforsecurity=False).digest()
