"""The verbs about what a bucket holds: list, find, and apply a batch of changes.

They take a `Bucket` that `Catalogue.get` gave; `apply` asks again whether the actor may write.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from openhearth.access import Action, Actor, decide
from openhearth.buckets import queries
from openhearth.buckets.batch import Admit, Batch
from openhearth.buckets.errors import BucketNotFound
from openhearth.buckets.folders import behind, depth_of, folder_at
from openhearth.buckets.records import BatchDone, Bucket, BucketFile, BucketFolder, Operation
from openhearth.buckets.sources import Sources
from openhearth.db import Database
from openhearth.errors import EntryNotFound, Invalid
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.names import PATH_MAX_BYTES
from openhearth.kit.ranges import ByteRange
from openhearth.kit.text import is_storable
from openhearth.storage.xet import XetStore

_READ_AT_ONCE = 1000


class Contents:
    def __init__(self, *, db: Database, xet: XetStore, clock: Clock, sources: Sources, admit: Admit) -> None:
        self._db = db
        self._xet = xet
        self._clock = clock
        self._sources = sources
        self._admit = admit

    # Reading

    def list_files(
        self, bucket: Bucket, prefix: str = "", *, limit: int = 1000, cursor: str | None = None
    ) -> Page[BucketFile]:
        """The files whose paths begin with `prefix`, letter by letter, however deep."""
        start = _start(prefix, cursor)
        with self._db.read() as rows:
            found = queries.list_range(
                rows, bucket.key, start=start, end=behind(prefix), limit=limit + 1, inclusive=cursor is None
            )
        more = encode_cursor(found[limit - 1].path) if len(found) > limit else None
        return Page(found[:limit], more)

    def list_folder(
        self, bucket: Bucket, prefix: str = "", *, limit: int = 1000, cursor: str | None = None
    ) -> Page[BucketFile | BucketFolder]:
        """Files and folders one folder deeper than `prefix`, of the paths that begin with it."""
        start = _start(prefix, cursor)
        entries: list[BucketFile | str] = []
        for entry in self._walk(bucket, prefix, start, limit + 1):
            entries.append(entry)
            if len(entries) > limit:
                break
        more = encode_cursor(_path_of(entries[limit])) if len(entries) > limit else None
        return Page([self._described(bucket, entry) for entry in entries[:limit]], more)

    def _walk(self, bucket: Bucket, prefix: str, start: str | None, limit: int) -> Iterator[BucketFile | str]:
        """The entries from `start` on; folders by their paths, each once, their insides skipped."""
        depth, end = depth_of(prefix), behind(prefix)
        while start is not None:
            with self._db.read() as rows:
                found = queries.list_range(
                    rows, bucket.key, start=start, end=end, limit=min(limit, _READ_AT_ONCE), inclusive=True
                )
            if not found:
                return
            folder: str | None = None
            for file in found:
                last: str | None = folder
                folder = folder_at(file, depth)
                if folder is None:
                    yield file
                elif folder != last:
                    yield folder
            start = behind(f"{folder}/") if folder is not None else found[-1].path + "\x01"

    def _described(self, bucket: Bucket, entry: BucketFile | str) -> BucketFile | BucketFolder:
        if isinstance(entry, BucketFile):
            return entry
        with self._db.read() as rows:
            newest = queries.find_newest(rows, bucket.key, start=f"{entry}/", end=behind(f"{entry}/") or "")
        return BucketFolder(path=entry, uploaded_at=newest or bucket.updated_at)

    def find_files(self, bucket: Bucket, paths: Collection[str]) -> list[BucketFile]:
        """The files at `paths`, in their order; what does not exist is left out."""
        wanted = list(dict.fromkeys(path for path in paths if is_storable(path)))
        with self._db.read() as rows:
            found = queries.list_files(rows, bucket.key, wanted)
        return [found[path] for path in wanted if path in found]

    def get_file(self, bucket: Bucket, path: str) -> BucketFile:
        """Raises EntryNotFound."""
        found = self.find_files(bucket, [path])
        if not found:
            raise EntryNotFound(path, message=f"Entry not found: {path!r} does not exist in {bucket.id}.")
        return found[0]

    def stream(self, file: BucketFile, span: ByteRange | None = None) -> Iterator[bytes]:
        """The bytes of `span` (None: all), in blocks."""
        return self._xet.stream(file.xet_hash, span) if file.size_bytes else iter(())

    # Writing

    def apply(self, actor: Actor, bucket: Bucket, operations: Sequence[Operation]) -> BatchDone:
        """Apply what can be applied, in order and in one transaction, and say what could not.

        Whoever reads meanwhile sees all of it or nothing; of two batches that name one path, the later wins.
        Raises QuotaExceeded; what is uploaded is counted as it comes, copies here.
        """
        decide(actor, Action.WRITE, bucket.resource).require(actor, bucket.resource)
        sources = self._sources.find(actor, operations)
        now: datetime = self._clock()
        with self._db.write() as rows:
            if not queries.touch(rows, bucket.key, now):
                raise BucketNotFound(bucket.id)
            batch = Batch(rows, self._xet, bucket, uploader=actor.user_id, now=now, admit=self._admit)
            return batch.apply(operations, sources)


def _start(prefix: str, cursor: str | None) -> str:
    if len(prefix) > PATH_MAX_BYTES or not is_storable(prefix):
        raise Invalid(f"prefix: {prefix[:80]!r} is the beginning of no path.")
    return str(decode_cursor(cursor, 1)[0]) if cursor else prefix


def _path_of(entry: BucketFile | str) -> str:
    return entry.path if isinstance(entry, BucketFile) else f"{entry}/"
