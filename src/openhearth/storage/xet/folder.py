"""Xorbs on disk: `xorbs/ab/<hash>` as received, and `<hash>.idx` beside it.

The index is renamed into place last, after both are on disk: a xorb without one is not there. A body is never
replaced, because plans given to clients hold offsets into it. Knows no rows.
"""

import os
import time
from functools import lru_cache
from pathlib import Path

from openhearth.errors import EntryNotFound, Invalid
from openhearth.kit.ids import new_id
from openhearth.storage.durable import sync_file, sync_folder, write_synced
from openhearth.storage.xet.hashes import to_hex
from openhearth.storage.xet.index import XorbIndex
from openhearth.storage.xet.xorb import FOOTER_TAG, verify_body

_ABANDONED_AFTER_S = 24 * 3600
_CACHED_INDEXES = 2048  # about 75 KB each at their fullest


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
        return self._cached_index(xorb)

    def _read_index(self, xorb: bytes) -> XorbIndex:
        try:
            return XorbIndex.read(_index_path(self.body_path(xorb)))
        except FileNotFoundError:
            raise EntryNotFound(to_hex(xorb), message=_unknown(xorb)) from None

    def adopt(self, temp: Path, xorb: bytes) -> tuple[XorbIndex, bool]:
        """Verify the body at `temp` and move it in. Gives its index and whether it is new. Raises Invalid."""
        try:
            index = verify_body(temp, xorb, key=self._key)
            if self.has(xorb):
                return self.index(xorb), False
            _cut_footer(temp, index.packed_bytes)
            sync_file(temp)
            is_new = self._link(temp, self.body_path(xorb))
            if not is_new:
                index = self._index_of_found_body(temp, xorb)
            self._write_index(xorb, index)
            return index, is_new
        finally:
            temp.unlink(missing_ok=True)

    def _link(self, temp: Path, body: Path) -> bool:
        if not body.parent.exists():
            body.parent.mkdir(exist_ok=True)
            sync_folder(self._xorbs)
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

    def _write_index(self, xorb: bytes, index: XorbIndex) -> None:
        body = self.body_path(xorb)
        sync_folder(body.parent)
        write_synced(_index_path(body), index.to_bytes(), temp=self.new_incoming())

    def is_intact(self, xorb: bytes) -> bool:
        """Hash the stored body again. Raises EntryNotFound if the xorb is not there."""
        index = self.index(xorb)
        try:
            found = verify_body(self.body_path(xorb), xorb, key=self._key)
        except (Invalid, FileNotFoundError):
            return False
        return found.to_bytes() == index.to_bytes()

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
