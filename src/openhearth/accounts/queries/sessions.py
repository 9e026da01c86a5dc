"""Rows of signed-in browsers, of failed sign-ins and of invites."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.accounts.queries.orgs import roles_of
from openhearth.accounts.records import Credential, Invite, Session
from openhearth.accounts.tables import invites, namespaces, sessions, sign_in_failures, users

_COLUMNS = (
    sessions.c.id,
    sessions.c.user_id,
    sessions.c.agent,
    sessions.c.created_at,
    sessions.c.last_seen_at,
    sessions.c.expires_at,
)
_CREDENTIAL = (
    sa.select(*_COLUMNS, namespaces.c.name, users.c.is_site_admin)
    .join_from(sessions, users, users.c.id == sessions.c.user_id)
    .join(namespaces, namespaces.c.id == users.c.id)
    .where(sessions.c.value_hash == sa.bindparam("value_hash"))
)
_INVITE_COLUMNS = (
    invites.c.id,
    invites.c.note,
    invites.c.created_by,
    invites.c.created_at,
    invites.c.expires_at,
    invites.c.used_by,
)


def find_credential(rows: Connection, value_hash: str) -> Credential | None:
    """Whose session has this hash."""
    row = rows.execute(_CREDENTIAL, {"value_hash": value_hash}).first()
    if row is None:
        return None
    return Credential(
        user_id=row.user_id,
        user_name=row.name,
        is_site_admin=row.is_site_admin,
        roles=roles_of(rows, row.user_id),
        last_used_at=row.last_seen_at,
        expires_at=row.expires_at,
        session_id=row.id,
    )


def insert_session(
    rows: Connection, session: Session, *, value_hash: str, id_token: str | None = None
) -> None:
    fields = {column.name: getattr(session, column.name) for column in _COLUMNS}
    rows.execute(sessions.insert().values(**fields, value_hash=value_hash, id_token=id_token))


def find_id_token(rows: Connection, session_id: str) -> str | None:
    return rows.execute(sa.select(sessions.c.id_token).where(sessions.c.id == session_id)).scalar()


def list_sessions(rows: Connection, user_id: str, *, now: datetime) -> list[Session]:
    query = (
        sa.select(*_COLUMNS)
        .where(sessions.c.user_id == user_id, sessions.c.expires_at > now)
        .order_by(sessions.c.last_seen_at.desc())
    )
    return [Session(**row) for row in rows.execute(query).mappings()]


def find_session(rows: Connection, session_id: str, *, user_id: str) -> Session | None:
    query = sa.select(*_COLUMNS).where(sessions.c.id == session_id, sessions.c.user_id == user_id)
    row = rows.execute(query).mappings().first()
    return Session(**row) if row else None


def prolong_session(rows: Connection, session_id: str, *, seen_at: datetime, expires_at: datetime) -> None:
    rows.execute(
        sessions.update()
        .where(sessions.c.id == session_id)
        .values(last_seen_at=seen_at, expires_at=expires_at)
    )


def delete_session(rows: Connection, session_id: str, *, user_id: str) -> int:
    """The number of rows gone: 0 if `user_id` has no such session."""
    query = sessions.delete().where(sessions.c.id == session_id, sessions.c.user_id == user_id)
    return rows.execute(query).rowcount


def delete_sessions(rows: Connection, user_id: str) -> None:
    rows.execute(sessions.delete().where(sessions.c.user_id == user_id))


def delete_expired(rows: Connection, *, now: datetime) -> None:
    rows.execute(sessions.delete().where(sessions.c.expires_at < now))


def find_failures(rows: Connection, key: str) -> tuple[int, datetime] | None:
    """How often, and when last, signing in failed under `key`."""
    query = sa.select(sign_in_failures.c.count, sign_in_failures.c.last_at).where(
        sign_in_failures.c.key == key
    )
    row = rows.execute(query).first()
    return (row[0], row[1]) if row else None


def replace_failures(rows: Connection, key: str, *, count: int, at: datetime) -> None:
    delete_failures(rows, key)
    rows.execute(sign_in_failures.insert().values(key=key, count=count, last_at=at))


def delete_failures(rows: Connection, key: str) -> None:
    rows.execute(sign_in_failures.delete().where(sign_in_failures.c.key == key))


def delete_failures_before(rows: Connection, moment: datetime) -> None:
    rows.execute(sign_in_failures.delete().where(sign_in_failures.c.last_at < moment))


def insert_invite(rows: Connection, invite: Invite, *, secret_hash: str) -> None:
    rows.execute(
        invites.insert().values(
            **{column.name: getattr(invite, column.name) for column in _INVITE_COLUMNS},
            secret_hash=secret_hash,
        )
    )


def list_invites(rows: Connection) -> list[Invite]:
    query = sa.select(*_INVITE_COLUMNS).order_by(invites.c.created_at.desc())
    return [Invite(**row) for row in rows.execute(query).mappings()]


def find_open_invite(rows: Connection, secret_hash: str, *, now: datetime) -> Invite | None:
    """The invite with this secret, if it is neither used nor expired."""
    query = sa.select(*_INVITE_COLUMNS).where(
        invites.c.secret_hash == secret_hash, invites.c.used_by.is_(None), invites.c.expires_at > now
    )
    row = rows.execute(query).mappings().first()
    return Invite(**row) if row else None


def use_invite(rows: Connection, invite_id: str, *, used_by: str) -> int:
    """The number of rows changed: 0 if somebody else used it first."""
    query = (
        invites.update().where(invites.c.id == invite_id, invites.c.used_by.is_(None)).values(used_by=used_by)
    )
    return rows.execute(query).rowcount


def delete_invite(rows: Connection, invite_id: str) -> None:
    rows.execute(invites.delete().where(invites.c.id == invite_id))
