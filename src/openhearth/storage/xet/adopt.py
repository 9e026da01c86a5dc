"""Taking in a received xorb: as it came, or composed of what other xorbs hold and a new one for the rest.

Which way a xorb is kept shows nowhere: its hash, its chunks and its answers are the same. So duplicates are
looked for everywhere, whoever may read them.
"""

import mmap
from collections import Counter
from pathlib import Path

from openhearth.db import Database
from openhearth.errors import Conflict
from openhearth.kit.clock import Clock
from openhearth.storage.xet import queries
from openhearth.storage.xet.compose import RUN_MIN_CHUNKS, Duplicates, compose, find_duplicates
from openhearth.storage.xet.folder import XorbFolder
from openhearth.storage.xet.hashes import merkle_root
from openhearth.storage.xet.index import XorbIndex

_HOMES_MAX = 64


class Adoption:
    def __init__(self, *, db: Database, xorbs: XorbFolder, clock: Clock) -> None:
        self._db = db
        self._xorbs = xorbs
        self._clock = clock

    def adopt(self, temp: Path, xorb: bytes, *, uploader: str, repo_key: str) -> bool:
        """Verify the body at `temp` and keep it. Says whether it is new. Raises Invalid, TooLarge."""
        try:
            index, is_new = self._take_in(temp, xorb)
        finally:
            temp.unlink(missing_ok=True)
        self._put_rows(xorb, index.homes(), uploader=uploader, repo_key=repo_key)
        return is_new

    def _take_in(self, temp: Path, xorb: bytes) -> tuple[XorbIndex, bool]:
        index = self._xorbs.verify(temp, xorb)
        if (stored := self._find_whole(xorb)) is not None:
            return stored, False
        # A body without an index is what a kill left: it is stored already, so it is completed, not composed.
        if not self._xorbs.body_path(xorb).exists() and (duplicates := self._find_duplicates(index)):
            rest = self._keep_rest(temp, index, duplicates)
            composed = compose(index, duplicates, rest, self._xorbs.index)
            return self._xorbs.keep_index(xorb, composed), True
        return self._xorbs.keep(temp, xorb, index)

    def _find_whole(self, xorb: bytes) -> XorbIndex | None:
        index = self._xorbs.find_index(xorb)
        if index is not None and not all(self._xorbs.has(home) for home in index.homes()):
            self._xorbs.delete(xorb)  # composed of what is gone; only a kill long ago leaves such an index
            return None
        return index

    def _find_duplicates(self, index: XorbIndex) -> Duplicates | None:
        """What is stored of a xorb's chunks. Marks the xorbs that hold it as used, so that they stay."""
        if len(index) < RUN_MIN_CHUNKS:
            return None
        homes = self._list_homes(index)
        if not homes or (duplicates := find_duplicates(index, homes)) is None:
            return None
        needed = {run.home for run in duplicates.runs}
        with self._db.write() as connection:
            all_stored = queries.touch_xorbs(connection, needed, self._clock()) == len(needed)
        return duplicates if all_stored else None

    def _list_homes(self, index: XorbIndex) -> dict[bytes, XorbIndex]:
        """The xorbs with bodies that seem to hold most of this xorb's chunks."""
        with self._db.read() as connection:
            if not queries.list_sampled(connection, index.sample_words()):
                return {}  # the usual case, at a thirtieth of the price
            # The first and last chunks of homes lead to them too, wherever they are in this xorb.
            hits = Counter(queries.list_sampled(connection, index.words()))
        found = {home: self._xorbs.find_index(home) for home, _ in hits.most_common(_HOMES_MAX)}
        return {home: theirs for home, theirs in found.items() if theirs is not None and not theirs.runs}

    def _keep_rest(self, body: Path, index: XorbIndex, duplicates: Duplicates) -> bytes | None:
        """Keep the new chunks of the xorb at `body` as a xorb of their own; gives its hash."""
        if not duplicates.is_new.any():
            return None
        rest = index.only(duplicates.is_new)
        xorb = merkle_root(rest.hashes(), rest.sizes())
        if self._find_whole(xorb) is None:
            temp = self._xorbs.new_incoming()
            try:
                _copy_chunks(body, temp, index, duplicates)
                self._xorbs.keep(temp, xorb, rest)
            finally:
                temp.unlink(missing_ok=True)
        return xorb

    def _put_rows(self, xorb: bytes, homes: list[bytes], *, uploader: str, repo_key: str) -> None:
        owner = {"uploader": uploader, "repo_key": repo_key, "last_used_at": self._clock()}
        with self._db.write() as connection:
            for each in sorted((*homes, xorb)):  # in one order, so that two uploads never wait for each other
                index = self._xorbs.find_index(each)
                if index is None:
                    raise Conflict("xorb: was removed while it was uploaded; send it again.")
                if not queries.has_xorb(connection, each) and not index.runs and len(index) >= RUN_MIN_CHUNKS:
                    queries.put_samples(connection, each, index.sample_words())
                queries.put_xorb(connection, **_row(each, index), **owner)
            queries.put_composition(connection, xorb, homes)


def _row(xorb: bytes, index: XorbIndex) -> dict[str, object]:
    return {
        "hash": xorb,
        "size_bytes": 0 if index.runs else index.packed_bytes,
        "unpacked_bytes": index.unpacked_bytes,
        "chunk_count": len(index),
    }


def _copy_chunks(source: Path, target: Path, index: XorbIndex, duplicates: Duplicates) -> None:
    """Write the new chunks of the xorb at `source` to `target`, packed as they are."""
    with (
        source.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body,
        memoryview(body) as packed,
        target.open("wb") as out,
    ):
        for start, end in duplicates.gaps():
            span = index.packed_span(start, end)
            out.write(packed[span.start : span.end])
