"""Rows of access tokens and of what the fine-grained ones grant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from openhearth.access import Action
from openhearth.accounts.oauth.queries import list_contributions
from openhearth.accounts.oauth.scopes import read_scopes
from openhearth.accounts.oauth.tables import oauth_authorizations
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
    access_tokens.c.authorization_id,
)
# What an app was allowed, beside the columns of its token.
_AUTHORIZED = (
    oauth_authorizations.c.app_id,
    oauth_authorizations.c.scopes.label("oauth_scopes"),
    oauth_authorizations.c.orgs,
)
_WITH_AUTHORIZATION = access_tokens.outerjoin(
    oauth_authorizations, oauth_authorizations.c.id == access_tokens.c.authorization_id
)
_SELECT = sa.select(*_COLUMNS, *_AUTHORIZED).select_from(_WITH_AUTHORIZATION)
_CREDENTIAL = (
    sa.select(*_COLUMNS, *_AUTHORIZED, namespaces.c.name.label("user_name"), users.c.is_site_admin)
    .select_from(_WITH_AUTHORIZATION)
    .join(users, users.c.id == access_tokens.c.user_id)
    .join(namespaces, namespaces.c.id == users.c.id)
    .where(access_tokens.c.value_hash == sa.bindparam("value_hash"))
)


def find_credential(rows: Connection, value_hash: str) -> Credential | None:
    """Whose token has this hash. The hot path: one indexed row, then the user's roles."""
    row = rows.execute(_CREDENTIAL, {"value_hash": value_hash}).mappings().first()
    if row is None:
        return None
    token = _record(row, _grants_behind(rows, row) if row["scope"] == "fineGrained" else {})
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
    """All but those of registered apps, which are listed as connected apps, and those exchanged for newer ones."""
    query = _SELECT.where(
        access_tokens.c.user_id == user_id,
        access_tokens.c.refreshed_at.is_(None),
        oauth_authorizations.c.app_id.is_(None),
    ).order_by(access_tokens.c.created_at.desc())
    found = rows.execute(query).mappings().all()
    return [
        _record(row, grants_of(rows, row["id"]) if row["scope"] == "fineGrained" else {}) for row in found
    ]


def find_token(rows: Connection, token_id: str) -> AccessToken | None:
    return _find(rows, access_tokens.c.id == token_id)


def _find(rows: Connection, condition: sa.ColumnElement[bool]) -> AccessToken | None:
    row = rows.execute(_SELECT.where(condition)).mappings().first()
    return _record(row, grants_of(rows, row["id"])) if row else None


def _record(row: RowMapping, grants: Mapping[str, Action]) -> AccessToken:
    fields = {column.name: row[column.name] for column in _COLUMNS}
    fields["permissions"] = frozenset((row["permissions"] or "").split())
    scopes = row["oauth_scopes"]
    return AccessToken(
        **fields,
        app_id=row["app_id"],
        oauth_scopes=None if scopes is None else read_scopes(scopes),
        orgs=frozenset((row["orgs"] or "").split()),
        grants=grants,
    )


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


def _grants_behind(rows: Connection, row: RowMapping) -> Mapping[str, Action]:
    """What a token grants by repo: as its owner chose, or for an app's the repos that the app made."""
    if row["app_id"] is None:
        return grants_of(rows, row["id"])
    made = list_contributions(rows, user_id=row["user_id"], app_id=row["app_id"])
    return dict.fromkeys(made, Action.WRITE)


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
