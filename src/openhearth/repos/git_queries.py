"""Rows about git: protected branches, locks of files, quotas."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.db.inserts import insert_into
from openhearth.repos.records import BranchProtection, Lock
from openhearth.repos.tables import branch_protections, lfs_locks, namespace_quotas, repos

_LOCK_COLUMNS = [
    lfs_locks.c.id, lfs_locks.c.path, lfs_locks.c.user_id, lfs_locks.c.user_name, lfs_locks.c.locked_at
]  # fmt: skip


def list_protections(rows: Connection, key: str) -> list[BranchProtection]:
    t = branch_protections.c
    query = sa.select(t.pattern, t.admins_only).where(t.repo_key == key).order_by(t.pattern)
    return [BranchProtection(*row) for row in rows.execute(query)]


def put_protection(rows: Connection, key: str, protection: BranchProtection) -> None:
    values = {"pattern": protection.pattern, "admins_only": protection.admins_only}
    statement = insert_into(rows, branch_protections).values(repo_key=key, **values)
    rows.execute(
        statement.on_conflict_do_update(
            index_elements=["repo_key", "pattern"], set_={"admins_only": protection.admins_only}
        )
    )


def delete_protection(rows: Connection, key: str, pattern: str) -> int:
    """The number of rows gone."""
    t = branch_protections
    return rows.execute(t.delete().where(t.c.repo_key == key, t.c.pattern == pattern)).rowcount


def insert_lock(rows: Connection, key: str, lock: Lock, *, path_hash: str) -> None:
    values = {column.name: getattr(lock, column.name) for column in _LOCK_COLUMNS}
    rows.execute(lfs_locks.insert().values(repo_key=key, path_hash=path_hash, **values))


def find_lock(rows: Connection, key: str, lock_id: str) -> Lock | None:
    query = sa.select(*_LOCK_COLUMNS).where(lfs_locks.c.repo_key == key, lfs_locks.c.id == lock_id)
    row = rows.execute(query).first()
    return None if row is None else Lock(*row)


def list_locks(
    rows: Connection, key: str, *, path_hash: str | None, lock_id: str | None, after: str, limit: int
) -> list[Lock]:
    """In order of their ids, from behind `after`."""
    query = sa.select(*_LOCK_COLUMNS).where(lfs_locks.c.repo_key == key, lfs_locks.c.id > after)
    if path_hash is not None:
        query = query.where(lfs_locks.c.path_hash == path_hash)
    if lock_id is not None:
        query = query.where(lfs_locks.c.id == lock_id)
    return [Lock(*row) for row in rows.execute(query.order_by(lfs_locks.c.id).limit(limit))]


def delete_lock(rows: Connection, lock_id: str) -> int:
    """The number of rows gone: 0 if somebody else was first."""
    return rows.execute(lfs_locks.delete().where(lfs_locks.c.id == lock_id)).rowcount


def find_quota(rows: Connection, namespace: str) -> int | None:
    t = namespace_quotas.c
    return rows.execute(sa.select(t.limit_bytes).where(t.namespace == namespace.lower())).scalar()


def put_quota(rows: Connection, namespace: str, limit_bytes: int | None) -> None:
    """None: the setting counts again."""
    name = namespace.lower()
    rows.execute(namespace_quotas.delete().where(namespace_quotas.c.namespace == name))
    if limit_bytes is not None:
        rows.execute(namespace_quotas.insert().values(namespace=name, limit_bytes=limit_bytes))


def list_keys_of(rows: Connection, namespace: str) -> Sequence[str]:
    """The keys of every repo in `namespace`."""
    return rows.execute(sa.select(repos.c.key).where(repos.c.namespace == namespace)).scalars().all()
