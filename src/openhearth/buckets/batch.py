"""One batch of changes to a bucket, inside its transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from openhearth.buckets import queries
from openhearth.buckets.records import (
    AddFile,
    BatchDone,
    Bucket,
    BucketFile,
    CopyFile,
    DeleteFile,
    Failure,
    Operation,
)
from openhearth.buckets.sources import Source
from openhearth.errors import Invalid
from openhearth.kit.names import check_path
from openhearth.storage.xet import EMPTY_FILE, XetStore

# (where the file must be readable, its hash) → its size
_Sizes = Mapping[tuple[str, str], int]


# Raises if a namespace has no room for so many bytes.
Admit = Callable[[str, int], None]


class Batch:
    def __init__(
        self,
        rows: Connection,
        xet: XetStore,
        bucket: Bucket,
        *,
        uploader: str | None,
        now: datetime,
        admit: Admit,
    ) -> None:
        self._rows = rows
        self._xet = xet
        self._bucket = bucket
        self._uploader = uploader
        self._now = now
        self._admit = admit

    def apply(self, operations: Sequence[Operation], sources: Mapping[tuple[str, str], Source]) -> BatchDone:
        sizes = self._find_sizes(operations, sources)
        before = queries.list_files(self._rows, self._bucket.key, {op.path for op in operations})
        after: dict[str, BucketFile] = dict(before)
        failures: list[Failure] = []
        for op in operations:
            try:
                self._apply_one(op, after, sources, sizes)
            except Invalid as error:
                failures.append(Failure(op.path, error.message))
        copied = {op.path for op in operations if isinstance(op, CopyFile)}
        self._admit(
            self._bucket.ref.namespace, sum(after[path].size_bytes for path in copied if path in after)
        )
        self._write(before, after)
        return BatchDone(len(operations), failures)

    def _find_sizes(
        self, operations: Sequence[Operation], sources: Mapping[tuple[str, str], Source]
    ) -> _Sizes:
        """The sizes of all files named, where the writer may take them from."""
        mine = {op.xet_hash for op in operations if isinstance(op, AddFile)}
        found = self._xet.find_sizes(self._rows, self._bucket.key, mine, uploader=self._uploader)
        sizes = {(self._bucket.key, hash): size for hash, size in found.items()}
        for place, source in sources.items():
            wanted = {
                op.xet_hash
                for op in operations
                if isinstance(op, CopyFile) and (op.source_type, op.source_id) == place
            }
            if source.key is not None:
                found = self._xet.find_sizes(self._rows, source.key, wanted)
                sizes |= {(source.key, hash): size for hash, size in found.items()}
        return sizes

    def _apply_one(
        self,
        op: Operation,
        after: dict[str, BucketFile],
        sources: Mapping[tuple[str, str], Source],
        sizes: _Sizes,
    ) -> None:
        """Raises Invalid with what to do about it."""
        if isinstance(op, DeleteFile):
            after.pop(op.path, None)  # what is gone already is deleted: clients repeat lost requests
            return
        check_path(op.path, in_git=False)
        if "\\" in op.path:
            raise Invalid(f"path: {op.path[:80]!r} holds a backslash; separate folders by '/'.")
        if isinstance(op, CopyFile):
            source = sources[op.source_type, op.source_id]
            if source.key is None:
                raise Invalid(source.problem)
            size, where = sizes.get((source.key, op.xet_hash)), f"is no file of {op.source_id}"
        else:
            # Nobody uploads the empty file: it has no chunks.
            size = 0 if op.xet_hash == EMPTY_FILE else sizes.get((self._bucket.key, op.xet_hash))
            where = f"was never uploaded to {self._bucket.id}; upload its content first"
        if size is None:
            raise Invalid(f"xetHash: {op.xet_hash} {where}.")
        after[op.path] = BucketFile(
            path=op.path,
            xet_hash=op.xet_hash,
            size_bytes=size,
            mtime=op.mtime or self._now,
            uploaded_at=self._now,
        )

    def _write(self, before: Mapping[str, BucketFile], after: Mapping[str, BucketFile]) -> None:
        """Make the rows of `before` those of `after`, and hold exactly the files that paths name."""
        key = self._bucket.key
        put = [file for path, file in after.items() if before.get(path) is not file]
        gone = before.keys() - after.keys()
        self._xet.hold(self._rows, key, {file.xet_hash for file in put})
        queries.put_files(self._rows, key, put)
        queries.delete_files(self._rows, key, gone)
        left = {file.xet_hash for path, file in before.items() if after.get(path) is not file}
        self._xet.release(self._rows, key, left - queries.list_named(self._rows, key, left))
        queries.add_to_sums(
            self._rows,
            key,
            size_bytes=sum(f.size_bytes for f in after.values()) - sum(f.size_bytes for f in before.values()),
            file_count=len(after) - len(before),
        )
