"""Rows of access tokens and of what the fine-grained ones grant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from openhearth.access import Action
from openhearth.accounts.queries.orgs import roles_of
from openhearth.accounts.records import AccessToken, Credential
from openhearth.accounts.tables import access_tokens, namespaces, token_grants, users

_COLUMNS = (
    access_tokens.c.id,
    access_tokens.c.user_id,
    access_tokens.c.name,
    access_tokens.c.scope,
    access_tokens.c.hint,
    access_tokens.c.created_at,
    access_tokens.c.last_used_at,
    access_tokens.c.expires_at,
    access_tokens.c.client_id,
    access_tokens.c.permissions,
)
_CREDENTIAL = (
    sa.select(*_COLUMNS, namespaces.c.name.label("user_name"), users.c.is_site_admin)
    .join_from(access_tokens, users, users.c.id == access_tokens.c.user_id)
    .join(namespaces, namespaces.c.id == users.c.id)
    .where(access_tokens.c.value_hash == sa.bindparam("value_hash"))
)


def find_credential(rows: Connection, value_hash: str) -> Credential | None:
    """Whose token has this hash. The hot path: one indexed row, then the user's roles."""
    row = rows.execute(_CREDENTIAL, {"value_hash": value_hash}).mappings().first()
    if row is None:
        return None
    token = _record(row, grants_of(rows, row["id"]) if row["scope"] == "fineGrained" else {})
    return Credential(
        user_id=token.user_id,
        user_name=row["user_name"],
        is_site_admin=row["is_site_admin"],
        roles=roles_of(rows, token.user_id),
        last_used_at=token.last_used_at,
        expires_at=token.expires_at,
        token=token,
    )


def list_tokens(rows: Connection, user_id: str) -> list[AccessToken]:
    query = (
        sa.select(*_COLUMNS)
        .where(access_tokens.c.user_id == user_id)
        .order_by(access_tokens.c.created_at.desc())
    )
    found = rows.execute(query).mappings().all()
    return [
        _record(row, grants_of(rows, row["id"]) if row["scope"] == "fineGrained" else {}) for row in found
    ]


def find_token(rows: Connection, token_id: str) -> AccessToken | None:
    return _find(rows, access_tokens.c.id == token_id)


def find_refreshable(rows: Connection, refresh_hash: str, *, now: datetime) -> AccessToken | None:
    """The token whose unexpired refresh token has this hash."""
    return _find(
        rows, (access_tokens.c.refresh_hash == refresh_hash) & (access_tokens.c.refresh_expires_at > now)
    )


def _find(rows: Connection, condition: sa.ColumnElement[bool]) -> AccessToken | None:
    row = rows.execute(sa.select(*_COLUMNS).where(condition)).mappings().first()
    return _record(row, grants_of(rows, row["id"])) if row else None


def _record(row: RowMapping, grants: Mapping[str, Action]) -> AccessToken:
    fields = {column.name: row[column.name] for column in _COLUMNS}
    fields["permissions"] = frozenset((row["permissions"] or "").split())
    return AccessToken(**fields, grants=grants)


def insert_token(
    rows: Connection,
    token: AccessToken,
    *,
    value_hash: str,
    refresh_hash: str | None = None,
    refresh_expires_at: datetime | None = None,
) -> None:
    fields = {column.name: getattr(token, column.name) for column in _COLUMNS}
    fields["permissions"] = " ".join(sorted(token.permissions)) or None
    rows.execute(
        access_tokens.insert().values(
            **fields, value_hash=value_hash, refresh_hash=refresh_hash, refresh_expires_at=refresh_expires_at
        )
    )
    for target, action in token.grants.items():
        rows.execute(token_grants.insert().values(token_id=token.id, target=target, action=int(action)))


def update_token(rows: Connection, token_id: str, **values: Any) -> None:
    rows.execute(access_tokens.update().where(access_tokens.c.id == token_id).values(**values))


def delete_token(rows: Connection, token_id: str) -> None:
    rows.execute(access_tokens.delete().where(access_tokens.c.id == token_id))


def delete_expired(rows: Connection, user_id: str, *, now: datetime) -> None:
    """Drop tokens of `user_id` that can neither be used nor refreshed any more."""
    dead = (access_tokens.c.expires_at < now) & sa.func.coalesce(
        access_tokens.c.refresh_expires_at < now, sa.true()
    )
    rows.execute(access_tokens.delete().where(access_tokens.c.user_id == user_id, dead))


def grants_of(rows: Connection, token_id: str) -> Mapping[str, Action]:
    query = sa.select(token_grants.c.target, token_grants.c.action).where(token_grants.c.token_id == token_id)
    return {target: Action(action) for target, action in rows.execute(query)}


def move_grants(rows: Connection, old: str, new: str) -> None:
    """Let grants of the target `old` follow it to `new`, where a token grants nothing yet."""
    present = sa.select(token_grants.c.token_id).where(token_grants.c.target == new)
    rows.execute(
        token_grants.delete().where(token_grants.c.target == old, token_grants.c.token_id.in_(present))
    )
    rows.execute(token_grants.update().where(token_grants.c.target == old).values(target=new))


def delete_grants(rows: Connection, target: str) -> None:
    rows.execute(token_grants.delete().where(token_grants.c.target == target))
