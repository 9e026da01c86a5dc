"""All SQL about buckets. Functions over a Connection that decide nothing."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from openhearth.buckets.records import Bucket, BucketFile
from openhearth.buckets.tables import bucket_files, bucket_redirects, buckets
from openhearth.db import insert_into
from openhearth.kit.names import BucketRef

_AT_ONCE = 400  # both engines limit the parameters of a statement
_BUCKET_COLUMNS = [column for column in buckets.c if column.name != "address"]
_FILE_COLUMNS = [column for column in bucket_files.c if column.name != "bucket_key"]


def address_of(ref: BucketRef) -> str:
    """The key that names are unique by: without regard to case, as people type them."""
    return ref.id.lower()


def _bucket(row: Row[Any]) -> Bucket:
    return Bucket(
        key=row.key, ref=BucketRef(row.namespace, row.name), visibility=row.visibility,
        creator_id=row.creator_id, created_at=row.created_at, updated_at=row.updated_at,
        size_bytes=row.size_bytes, file_count=row.file_count,
    )  # fmt: skip


def _file(row: Row[Any]) -> BucketFile:
    return BucketFile(
        path=row.path, xet_hash=row.xet_hash, size_bytes=row.size_bytes, mtime=row.mtime,
        uploaded_at=row.uploaded_at,
    )  # fmt: skip


# Buckets as wholes


def find_bucket(rows: Connection, ref: BucketRef) -> Bucket | None:
    """The bucket at `ref`, or the one that moved away from there."""
    here = sa.select(*_BUCKET_COLUMNS).where(buckets.c.address == address_of(ref))
    moved = (
        sa.select(*_BUCKET_COLUMNS)
        .join(bucket_redirects, bucket_redirects.c.bucket_key == buckets.c.key)
        .where(bucket_redirects.c.address == address_of(ref))
    )
    row = rows.execute(here).first() or rows.execute(moved).first()
    return _bucket(row) if row else None


def find_bucket_by_key(rows: Connection, key: str) -> Bucket | None:
    row = rows.execute(sa.select(*_BUCKET_COLUMNS).where(buckets.c.key == key)).first()
    return _bucket(row) if row else None


def insert_bucket(rows: Connection, bucket: Bucket) -> None:
    """A new bucket takes its address, also from one that moved away."""
    rows.execute(bucket_redirects.delete().where(bucket_redirects.c.address == address_of(bucket.ref)))
    rows.execute(
        buckets.insert().values(
            key=bucket.key, namespace=bucket.ref.namespace, name=bucket.ref.name,
            address=address_of(bucket.ref), visibility=bucket.visibility, creator_id=bucket.creator_id,
            created_at=bucket.created_at, updated_at=bucket.updated_at, size_bytes=0, file_count=0,
        )
    )  # fmt: skip


def move_bucket(rows: Connection, key: str, old: BucketRef, new: BucketRef) -> None:
    """Change the address and leave a redirect where it was."""
    leaving, taking = address_of(old), address_of(new)
    rows.execute(bucket_redirects.delete().where(bucket_redirects.c.address == taking))
    moved = {"namespace": new.namespace, "name": new.name, "address": taking}
    rows.execute(buckets.update().where(buckets.c.key == key).values(**moved))
    if leaving != taking:
        rows.execute(bucket_redirects.insert().values(address=leaving, bucket_key=key))


def delete_bucket(rows: Connection, key: str) -> None:
    rows.execute(buckets.delete().where(buckets.c.key == key))


def change_visibility(rows: Connection, key: str, visibility: str) -> None:
    rows.execute(buckets.update().where(buckets.c.key == key).values(visibility=visibility))


def touch(rows: Connection, key: str, now: datetime) -> bool:
    """Note a change; says whether the bucket is there. Later writers of it wait for this transaction."""
    return rows.execute(buckets.update().where(buckets.c.key == key).values(updated_at=now)).rowcount > 0


def add_to_sums(rows: Connection, key: str, *, size_bytes: int, file_count: int) -> None:
    sums = {
        "size_bytes": buckets.c.size_bytes + size_bytes,
        "file_count": buckets.c.file_count + file_count,
    }
    rows.execute(buckets.update().where(buckets.c.key == key).values(**sums))


def list_buckets(
    rows: Connection, conditions: Sequence[sa.ColumnElement[bool]], *, after: str, limit: int
) -> list[Bucket]:
    """In the order of their addresses."""
    statement = sa.select(*_BUCKET_COLUMNS).where(*conditions, buckets.c.address > after)
    return [_bucket(row) for row in rows.execute(statement.order_by(buckets.c.address).limit(limit))]


def list_by_keys(
    rows: Connection, keys: Collection[str], conditions: Sequence[sa.ColumnElement[bool]]
) -> list[Bucket]:
    found: list[Bucket] = []
    for batch in _in_batches(keys):
        asked = sa.select(*_BUCKET_COLUMNS).where(buckets.c.key.in_(batch), *conditions)
        found += [_bucket(row) for row in rows.execute(asked)]
    return found


def list_keys(rows: Connection, namespace: str) -> list[str]:
    return list(rows.execute(sa.select(buckets.c.key).where(buckets.c.namespace == namespace)).scalars())


def count_buckets(rows: Connection, conditions: Sequence[sa.ColumnElement[bool]]) -> int:
    return rows.execute(sa.select(sa.func.count()).select_from(buckets).where(*conditions)).scalar_one()


# Files


def _in_batches(keys: Collection[str]) -> Iterator[list[str]]:
    ordered = list(keys)
    return (ordered[at : at + _AT_ONCE] for at in range(0, len(ordered), _AT_ONCE))


def list_files(rows: Connection, key: str, paths: Collection[str]) -> dict[str, BucketFile]:
    """The files at `paths`, by path."""
    found: dict[str, BucketFile] = {}
    for batch in _in_batches(paths):
        mine = (bucket_files.c.bucket_key == key, bucket_files.c.path.in_(batch))
        found |= {row.path: _file(row) for row in rows.execute(sa.select(*_FILE_COLUMNS).where(*mine))}
    return found


def list_range(
    rows: Connection, key: str, *, start: str, end: str | None, limit: int, inclusive: bool
) -> list[BucketFile]:
    """Files from `start` on, and before `end`, in the order of their paths."""
    path = bucket_files.c.path
    conditions = [bucket_files.c.bucket_key == key, path >= start if inclusive else path > start]
    if end is not None:
        conditions.append(path < end)
    statement = sa.select(*_FILE_COLUMNS).where(*conditions).order_by(path).limit(limit)
    return [_file(row) for row in rows.execute(statement)]


def find_newest(rows: Connection, key: str, *, start: str, end: str) -> datetime | None:
    """When the newest of the files from `start` on, and before `end`, came."""
    path = bucket_files.c.path
    within = (bucket_files.c.bucket_key == key, path >= start, path < end)
    newest: datetime | None = rows.execute(
        sa.select(sa.func.max(bucket_files.c.uploaded_at)).where(*within)
    ).scalar()
    return newest


def put_files(rows: Connection, key: str, files: Collection[BucketFile]) -> None:
    """Insert files, in place of those at their paths."""
    if not files:
        return
    insert = insert_into(rows, bucket_files)
    replaced = {name: insert.excluded[name] for name in ("xet_hash", "size_bytes", "mtime", "uploaded_at")}
    statement = insert.on_conflict_do_update(index_elements=["bucket_key", "path"], set_=replaced)
    rows.execute(statement, [{"bucket_key": key, **vars(file)} for file in files])


def delete_files(rows: Connection, key: str, paths: Collection[str]) -> None:
    for batch in _in_batches(paths):
        rows.execute(
            bucket_files.delete().where(bucket_files.c.bucket_key == key, bucket_files.c.path.in_(batch))
        )


def list_named(rows: Connection, key: str, xet_hashes: Collection[str]) -> set[str]:
    """Those of `xet_hashes` that some path of the bucket holds."""
    found: set[str] = set()
    for batch in _in_batches(xet_hashes):
        named = sa.select(bucket_files.c.xet_hash).where(
            bucket_files.c.bucket_key == key, bucket_files.c.xet_hash.in_(batch)
        )
        found.update(rows.execute(named.distinct()).scalars())
    return found
