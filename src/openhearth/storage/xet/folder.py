"""Xorbs on disk: `xorbs/ab/<hash>` as received, and `<hash>.idx` beside it. A composed xorb has an index alone.

The index is linked into place last, after both are on disk: a xorb without one is not there. Neither a body nor
an index is ever replaced, because plans given to clients hold offsets into them. Knows no rows.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from openhearth.errors import EntryNotFound, Invalid
from openhearth.kit.ids import new_id
from openhearth.kit.ranges import ByteRange
from openhearth.storage.durable import sync_file, sync_folder
from openhearth.storage.xet.hashes import to_hex
from openhearth.storage.xet.index import XorbIndex
from openhearth.storage.xet.xorb import FOOTER_TAG, verify_body

_ABANDONED_AFTER_S = 24 * 3600
_CACHED_INDEXES = 2048  # about 75 KB each at their fullest


@dataclass(frozen=True)
class Piece:
    """Bytes of a xorb: a span of a file."""

    path: Path
    span: ByteRange


class XorbFolder:
    """The bodies and indexes of xorbs. Safe for threads and for several processes."""

    def __init__(self, folder: Path, *, key: bytes) -> None:
        """`key` blinds the chunk hashes kept for dedup answers."""
        self.incoming = folder / "incoming"
        self._xorbs = folder / "xorbs"
        self._key = key
        self._cached_index = lru_cache(_CACHED_INDEXES)(self._read_index)
        for path in (self.incoming, self._xorbs):
            path.mkdir(parents=True, exist_ok=True)
        self._remove_abandoned()

    def _remove_abandoned(self) -> None:
        """Remove what killed uploads left behind; a day is longer than any that still runs."""
        for path in self.incoming.iterdir():
            if path.stat().st_mtime < time.time() - _ABANDONED_AFTER_S:
                path.unlink(missing_ok=True)

    def new_incoming(self) -> Path:
        """A fresh path for a body that is being received, on the file system of the store."""
        return self.incoming / new_id()

    def body_path(self, xorb: bytes) -> Path:
        name = to_hex(xorb)
        return self._xorbs / name[:2] / name

    def has(self, xorb: bytes) -> bool:
        return _index_path(self.body_path(xorb)).exists()

    def index(self, xorb: bytes) -> XorbIndex:
        """Raises EntryNotFound if the xorb is not there."""
        try:
            stat = _index_path(self.body_path(xorb)).stat()
            # Another process may have collected the xorb, and it may have come again and lie elsewhere now.
            return self._cached_index(xorb, (stat.st_ino, stat.st_mtime_ns))
        except FileNotFoundError:
            raise EntryNotFound(to_hex(xorb), message=_unknown(xorb)) from None

    def _read_index(self, xorb: bytes, _version: tuple[int, int]) -> XorbIndex:
        return XorbIndex.read(_index_path(self.body_path(xorb)))

    def find_index(self, xorb: bytes) -> XorbIndex | None:
        try:
            return self.index(xorb)
        except EntryNotFound:
            return None

    def pieces(self, xorb: bytes, span: ByteRange) -> Iterator[Piece]:
        """Where bytes of the xorb lie, in order. Raises EntryNotFound if the xorb is not there."""
        index = self.index(xorb)
        spans = index.pieces(span) if index.runs else [(xorb, span)]
        return (Piece(self.body_path(home), part) for home, part in spans)

    def verify(self, path: Path, xorb: bytes) -> XorbIndex:
        """The index of the body at `path`. Raises Invalid unless it is that of `xorb`."""
        return verify_body(path, xorb, key=self._key)

    def keep(self, temp: Path, xorb: bytes, index: XorbIndex) -> tuple[XorbIndex, bool]:
        """Move the verified body at `temp` in. Gives the index from now on, and whether the body is new."""
        _cut_footer(temp, index.packed_bytes)
        sync_file(temp)
        is_new = self._link(temp, self.body_path(xorb))
        if not is_new:
            index = self._index_of_found_body(temp, xorb)
        return self.keep_index(xorb, index), is_new

    def _link(self, temp: Path, body: Path) -> bool:
        self._make_parent(body)
        try:
            os.link(temp, body)  # unlike a rename it never replaces
        except FileExistsError:
            return False
        return True

    def _index_of_found_body(self, temp: Path, xorb: bytes) -> XorbIndex:
        """For a body without an index: another process is adding it, or one was killed. Keeps it if good."""
        body = self.body_path(xorb)
        try:
            return verify_body(body, xorb, key=self._key)
        except Invalid:
            temp.replace(body)  # never had an index, so no plan points into it
            return verify_body(body, xorb, key=self._key)

    def keep_index(self, xorb: bytes, index: XorbIndex) -> XorbIndex:
        """Let the xorb be there, its bodies being on disk. Of several that come at once, the first counts."""
        body, temp = self.body_path(xorb), self.new_incoming()
        self._make_parent(body)
        sync_folder(body.parent)
        try:
            temp.write_bytes(index.to_bytes())
            sync_file(temp)
            os.link(temp, _index_path(body))
        except FileExistsError:
            return self.index(xorb)
        finally:
            temp.unlink(missing_ok=True)
        sync_folder(body.parent)
        return index

    def _make_parent(self, body: Path) -> None:
        if not body.parent.exists():
            body.parent.mkdir(exist_ok=True)
            sync_folder(self._xorbs)

    def delete(self, xorb: bytes) -> None:
        body = self.body_path(xorb)
        _index_path(body).unlink(missing_ok=True)
        body.unlink(missing_ok=True)


def _index_path(body: Path) -> Path:
    return body.with_name(body.name + ".idx")


def _unknown(xorb: bytes) -> str:
    return (
        f"unknown xorb {to_hex(xorb)}: this hub does not hold it. "
        "Remove the folder xet in your Hugging Face cache folder and upload again."
    )


def _cut_footer(path: Path, packed_bytes: int) -> None:
    """Older clients append a footer; the index holds all it says."""
    with path.open("r+b") as file:
        file.seek(packed_bytes)
        if tail := file.read(len(FOOTER_TAG)):
            assert tail == FOOTER_TAG, "walk_chunks stops at the end or at a footer"
            file.truncate(packed_bytes)
