"""All SQL of LFS storage."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.db import insert_into
from openhearth.storage.lfs.tables import lfs_links as links
from openhearth.storage.lfs.tables import lfs_proposed as proposed

_BATCH = 500  # SQLite takes a limited number of parameters


def add_link(
    rows: Connection, repo_key: str, sha256: str, *, size_bytes: int, uploaded_by: str | None, at: datetime
) -> None:
    """Does nothing if the link exists."""
    known = sa.select(links.c.repo_key).where(links.c.repo_key == repo_key, links.c.sha256 == sha256)
    if rows.execute(known).first() is None:
        values = {"repo_key": repo_key, "sha256": sha256, "size_bytes": size_bytes}
        rows.execute(links.insert().values(**values, uploaded_by=uploaded_by, at=at))


def list_sizes(rows: Connection, repo_key: str, sha256s: Collection[str]) -> dict[str, int]:
    """sha256 → size, for those of `sha256s` that the repo holds."""
    sizes: dict[str, int] = {}
    for batch in _batches(sha256s):
        found = sa.select(links.c.sha256, links.c.size_bytes).where(
            links.c.repo_key == repo_key, links.c.sha256.in_(batch)
        )
        sizes.update((sha256, size) for sha256, size in rows.execute(found))
    return sizes


def add_proposed(
    rows: Connection, repo_key: str, sha256: str, *, size_bytes: int, uploaded_by: str, at: datetime
) -> None:
    """Note what somebody brought, now or again."""
    values = {"repo_key": repo_key, "sha256": sha256, "uploaded_by": uploaded_by, "size_bytes": size_bytes}
    key = ["repo_key", "sha256", "uploaded_by"]
    insert = insert_into(rows, proposed).values(**values, at=at)
    rows.execute(insert.on_conflict_do_update(index_elements=key, set_={"at": at}))


def list_proposed(
    rows: Connection, repo_key: str, sha256s: Collection[str], uploaded_by: str
) -> dict[str, int]:
    """sha256 → size, for those of `sha256s` that `uploaded_by` has brought."""
    sizes: dict[str, int] = {}
    for batch in _batches(sha256s):
        found = sa.select(proposed.c.sha256, proposed.c.size_bytes).where(
            proposed.c.repo_key == repo_key,
            proposed.c.uploaded_by == uploaded_by,
            proposed.c.sha256.in_(batch),
        )
        sizes.update((sha256, size) for sha256, size in rows.execute(found))
    return sizes


def delete_proposed_before(rows: Connection, oldest: datetime) -> None:
    rows.execute(proposed.delete().where(proposed.c.at < oldest))


def list_linked_anywhere(rows: Connection, sha256s: Collection[str]) -> set[str]:
    """Those of `sha256s` that some repo holds."""
    found: set[str] = set()
    for batch in _batches(sha256s):
        found.update(
            rows.execute(sa.select(links.c.sha256).where(links.c.sha256.in_(batch)).distinct()).scalars()
        )
    return found


def list_held_since(rows: Connection, moment: datetime, limit: int) -> list[str]:
    """Objects that some repo holds, and that none has come to hold since `moment`; not the empty one."""
    held = sa.select(links.c.sha256).where(links.c.size_bytes > 0).group_by(links.c.sha256)
    settled = held.having(sa.func.max(links.c.at) < moment).order_by(links.c.sha256).limit(limit)
    return list(rows.execute(settled).scalars())


def list_holders(rows: Connection, sha256: str) -> list[str]:
    return list(rows.execute(sa.select(links.c.repo_key).where(links.c.sha256 == sha256)).scalars())


def copy_links(rows: Connection, source_key: str, target_key: str, at: datetime) -> None:
    """Let the target hold what the source holds; the target must hold nothing of it yet."""
    copied = sa.select(
        sa.literal(target_key),
        links.c.sha256,
        links.c.size_bytes,
        links.c.uploaded_by,
        sa.literal(at, links.c.at.type),
    ).where(links.c.repo_key == source_key)
    rows.execute(
        links.insert().from_select(["repo_key", "sha256", "size_bytes", "uploaded_by", "at"], copied)
    )


def delete_repo(rows: Connection, repo_key: str) -> None:
    rows.execute(links.delete().where(links.c.repo_key == repo_key))
    rows.execute(proposed.delete().where(proposed.c.repo_key == repo_key))


def delete_link(rows: Connection, repo_key: str, sha256: str) -> None:
    rows.execute(links.delete().where(links.c.repo_key == repo_key, links.c.sha256 == sha256))


def sum_bytes(rows: Connection, repo_keys: Collection[str]) -> int:
    """How much the repos hold, each by itself."""
    total = 0
    for batch in _batches(repo_keys):
        query = sa.select(sa.func.sum(links.c.size_bytes)).where(links.c.repo_key.in_(batch))
        total += int(rows.execute(query).scalar() or 0)
    return total


def _batches(items: Collection[str]) -> Iterator[list[str]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
