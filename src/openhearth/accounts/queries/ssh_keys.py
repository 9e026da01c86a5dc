"""Rows of the public keys by which the SSH door knows people."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.accounts.queries.orgs import roles_of
from openhearth.accounts.records import Credential, SshKey
from openhearth.accounts.tables import namespaces, ssh_keys, users

_COLUMNS = (
    ssh_keys.c.id,
    ssh_keys.c.user_id,
    ssh_keys.c.fingerprint,
    ssh_keys.c.kind,
    ssh_keys.c.public_key,
    ssh_keys.c.title,
    ssh_keys.c.created_at,
    ssh_keys.c.last_used_at,
)


def insert_key(rows: Connection, key: SshKey) -> None:
    rows.execute(ssh_keys.insert().values(**{column.name: getattr(key, column.name) for column in _COLUMNS}))


def list_keys(rows: Connection, user_id: str) -> list[SshKey]:
    """The newest first."""
    query = sa.select(*_COLUMNS).where(ssh_keys.c.user_id == user_id).order_by(ssh_keys.c.created_at.desc())
    return [SshKey(**row) for row in rows.execute(query).mappings()]


def delete_key(rows: Connection, key_id: str, *, user_id: str) -> int:
    """The number of rows gone: 0 if `user_id` has no such key."""
    query = ssh_keys.delete().where(ssh_keys.c.id == key_id, ssh_keys.c.user_id == user_id)
    return rows.execute(query).rowcount


def note_use(rows: Connection, key_id: str, at: datetime) -> None:
    rows.execute(ssh_keys.update().where(ssh_keys.c.id == key_id).values(last_used_at=at))


def find_credential(rows: Connection, fingerprint: str) -> tuple[str, Credential] | None:
    """The id of the key with this fingerprint, and whose it is."""
    query = (
        sa.select(
            ssh_keys.c.id,
            ssh_keys.c.user_id,
            ssh_keys.c.last_used_at,
            namespaces.c.name,
            users.c.is_site_admin,
        )
        .join_from(ssh_keys, users, users.c.id == ssh_keys.c.user_id)
        .join(namespaces, namespaces.c.id == users.c.id)
        .where(ssh_keys.c.fingerprint == fingerprint)
    )
    row = rows.execute(query).first()
    if row is None:
        return None
    return row.id, Credential(
        user_id=row.user_id,
        user_name=row.name,
        is_site_admin=row.is_site_admin,
        roles=roles_of(rows, row.user_id),
        last_used_at=row.last_used_at,
        expires_at=None,
    )


def list_owners(rows: Connection, fingerprints: Collection[str]) -> dict[str, str]:
    """Fingerprint → name of the user who added the key, for those that somebody did."""
    query = (
        sa.select(ssh_keys.c.fingerprint, namespaces.c.name)
        .join_from(ssh_keys, namespaces, namespaces.c.id == ssh_keys.c.user_id)
        .where(ssh_keys.c.fingerprint.in_(fingerprints))
    )
    return {row.fingerprint: row.name for row in rows.execute(query)}
