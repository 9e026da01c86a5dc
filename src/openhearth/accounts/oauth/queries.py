"""Rows of apps, consents, codes, authorizations and the tokens that follow from them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from openhearth.accounts.oauth.records import Code, ConnectedApp, Consent, OAuthApp, RefreshedToken
from openhearth.accounts.oauth.scopes import read_scopes, scope_text
from openhearth.accounts.oauth.tables import (
    oauth_apps,
    oauth_authorizations,
    oauth_codes,
    oauth_consents,
    oauth_contributions,
)
from openhearth.accounts.tables import access_tokens
from openhearth.db import UtcDateTime
from openhearth.db.inserts import insert_into

_APP_COLUMNS = tuple(column for column in oauth_apps.c if column.name != "secret_hash")


def _app(row: RowMapping, prefix: str = "") -> OAuthApp:
    fields: dict[str, Any] = {column.name: row[prefix + column.name] for column in _APP_COLUMNS}
    fields["redirect_uris"] = tuple(fields["redirect_uris"].split("\n"))
    fields["scopes"] = read_scopes(fields["scopes"])
    return OAuthApp(**fields)


def _app_values(app: OAuthApp) -> dict[str, Any]:
    fields = {column.name: getattr(app, column.name) for column in _APP_COLUMNS}
    return {**fields, "redirect_uris": "\n".join(app.redirect_uris), "scopes": scope_text(app.scopes)}


def insert_app(rows: Connection, app: OAuthApp, *, secret_hash: str | None) -> None:
    rows.execute(oauth_apps.insert().values(**_app_values(app), secret_hash=secret_hash))


def update_app(rows: Connection, app: OAuthApp) -> None:
    rows.execute(oauth_apps.update().where(oauth_apps.c.id == app.id).values(**_app_values(app)))


def update_secret(rows: Connection, app_id: str, secret_hash: str) -> None:
    rows.execute(oauth_apps.update().where(oauth_apps.c.id == app_id).values(secret_hash=secret_hash))


def delete_app(rows: Connection, app_id: str) -> None:
    """Delete an app, and with it every consent, code and token."""
    _delete_tokens(rows, oauth_authorizations.c.app_id == app_id)
    rows.execute(oauth_apps.delete().where(oauth_apps.c.id == app_id))


def find_app(rows: Connection, app_id: str) -> OAuthApp | None:
    return _find_app(rows, oauth_apps.c.id == app_id)


def find_app_of_client(rows: Connection, client_id: str) -> OAuthApp | None:
    return _find_app(rows, oauth_apps.c.client_id == client_id)


def find_app_of_space(rows: Connection, space: str) -> OAuthApp | None:
    return _find_app(rows, oauth_apps.c.space == space)


def _find_app(rows: Connection, condition: sa.ColumnElement[bool]) -> OAuthApp | None:
    row = rows.execute(sa.select(*_APP_COLUMNS).where(condition)).mappings().first()
    return _app(row) if row else None


def find_secret_hash(rows: Connection, app_id: str) -> str | None:
    return rows.execute(sa.select(oauth_apps.c.secret_hash).where(oauth_apps.c.id == app_id)).scalar()


def list_apps(rows: Connection, owner_id: str) -> list[OAuthApp]:
    """The apps of one person, the newest first."""
    query = (
        sa.select(*_APP_COLUMNS)
        .where(oauth_apps.c.owner_id == owner_id)
        .order_by(oauth_apps.c.created_at.desc(), oauth_apps.c.id)
    )
    return [_app(row) for row in rows.execute(query).mappings()]


def move_space(rows: Connection, old: str, new: str) -> None:
    rows.execute(oauth_apps.update().where(oauth_apps.c.space == old).values(space=new))


def delete_app_of_space(rows: Connection, space: str) -> None:
    app = find_app_of_space(rows, space)
    if app is not None:
        delete_app(rows, app.id)


def replace_consent(rows: Connection, consent: Consent) -> None:
    values = {
        "scopes": scope_text(consent.scopes),
        "orgs": " ".join(sorted(consent.orgs)),
        "given_at": consent.given_at,
    }
    query = insert_into(rows, oauth_consents).values(user_id=consent.user_id, app_id=consent.app_id, **values)
    rows.execute(query.on_conflict_do_update(index_elements=["user_id", "app_id"], set_=values))


def find_consent(rows: Connection, *, user_id: str, app_id: str) -> Consent | None:
    query = sa.select(oauth_consents).where(
        oauth_consents.c.user_id == user_id, oauth_consents.c.app_id == app_id
    )
    row = rows.execute(query).mappings().first()
    return _consent(row) if row else None


def list_connected(rows: Connection, user_id: str) -> list[ConnectedApp]:
    """The apps that a person let in, the latest first."""
    columns = [column.label(f"app_{column.name}") for column in _APP_COLUMNS if column.name != "id"]
    query = (
        sa.select(oauth_consents, *columns)
        .join_from(oauth_consents, oauth_apps, oauth_apps.c.id == oauth_consents.c.app_id)
        .where(oauth_consents.c.user_id == user_id)
        .order_by(oauth_consents.c.given_at.desc(), oauth_apps.c.id)
    )
    return [
        ConnectedApp(app=_app(row, "app_"), consent=_consent(row)) for row in rows.execute(query).mappings()
    ]


def _consent(row: RowMapping) -> Consent:
    return Consent(
        app_id=row["app_id"],
        user_id=row["user_id"],
        scopes=read_scopes(row["scopes"]),
        orgs=frozenset(row["orgs"].split()),
        given_at=row["given_at"],
    )


def delete_connection(rows: Connection, *, user_id: str, app_id: str) -> int:
    """End all that an app may do for a person; the number of consents gone."""
    _delete_tokens(
        rows, (oauth_authorizations.c.user_id == user_id) & (oauth_authorizations.c.app_id == app_id)
    )
    for table in (oauth_codes, oauth_authorizations, oauth_contributions):
        rows.execute(table.delete().where(table.c.user_id == user_id, table.c.app_id == app_id))
    query = oauth_consents.delete().where(
        oauth_consents.c.user_id == user_id, oauth_consents.c.app_id == app_id
    )
    return rows.execute(query).rowcount


def insert_code(rows: Connection, code: Code, *, code_hash: str) -> None:
    fields: dict[str, Any] = {
        column.name: getattr(code, column.name) for column in oauth_codes.c if column.name != "code_hash"
    }
    fields |= {
        "scopes": scope_text(code.scopes),
        "orgs": " ".join(sorted(code.orgs)),
        "code_hash": code_hash,
    }
    rows.execute(oauth_codes.insert().values(**fields))


def find_code(rows: Connection, code_hash: str) -> Code | None:
    row = rows.execute(sa.select(oauth_codes).where(oauth_codes.c.code_hash == code_hash)).mappings().first()
    if row is None:
        return None
    fields = {key: value for key, value in row.items() if key != "code_hash"}
    fields |= {"scopes": read_scopes(row["scopes"]), "orgs": frozenset(row["orgs"].split())}
    return Code(**fields)


def use_code(rows: Connection, code_id: str, *, at: datetime) -> int:
    """The number of rows changed: 0 if it was used before."""
    query = oauth_codes.update().where(oauth_codes.c.id == code_id, oauth_codes.c.used_at.is_(None))
    return rows.execute(query.values(used_at=at)).rowcount


def delete_codes_before(rows: Connection, moment: datetime) -> None:
    rows.execute(oauth_codes.delete().where(oauth_codes.c.expires_at < moment))


def insert_authorization(
    rows: Connection,
    *,
    id: str,
    user_id: str,
    app_id: str | None,
    scopes: Collection[str] | None,
    orgs: Collection[str],
    created_at: datetime,
) -> None:
    rows.execute(
        oauth_authorizations.insert().values(
            id=id,
            user_id=user_id,
            app_id=app_id,
            scopes=None if scopes is None else scope_text(scopes),
            orgs=" ".join(sorted(orgs)),
            created_at=created_at,
        )
    )


def delete_authorization(rows: Connection, authorization_id: str) -> int:
    """End an authorization with all its tokens; the number of rows gone."""
    _delete_tokens(rows, oauth_authorizations.c.id == authorization_id)
    query = oauth_authorizations.delete().where(oauth_authorizations.c.id == authorization_id)
    return rows.execute(query).rowcount


def _delete_tokens(rows: Connection, condition: sa.ColumnElement[bool]) -> None:
    """End the tokens of every authorization that fits: there is no foreign key to do it."""
    ended = sa.select(oauth_authorizations.c.id).where(condition)
    rows.execute(access_tokens.delete().where(access_tokens.c.authorization_id.in_(ended)))


def delete_spent_authorizations(rows: Connection, user_id: str) -> None:
    """Drop authorizations of `user_id` that no token is left of."""
    alive = sa.select(access_tokens.c.authorization_id).where(
        access_tokens.c.user_id == user_id, access_tokens.c.authorization_id.is_not(None)
    )
    rows.execute(
        oauth_authorizations.delete().where(
            oauth_authorizations.c.user_id == user_id, oauth_authorizations.c.id.not_in(alive)
        )
    )


_REFRESHED = sa.select(
    access_tokens.c.id.label("token_id"),
    access_tokens.c.user_id,
    access_tokens.c.client_id,
    access_tokens.c.authorization_id,
    access_tokens.c.refresh_expires_at.label("expires_at"),
    access_tokens.c.refreshed_at,
    oauth_authorizations.c.app_id,
    oauth_authorizations.c.scopes,
    oauth_authorizations.c.orgs,
).join_from(
    access_tokens, oauth_authorizations, oauth_authorizations.c.id == access_tokens.c.authorization_id
)


def find_refreshed(rows: Connection, refresh_hash: str) -> RefreshedToken | None:
    """What stands behind a refresh token, used or not."""
    return _find_refreshed(rows, access_tokens.c.refresh_hash == refresh_hash)


def find_by_access(rows: Connection, value_hash: str) -> RefreshedToken | None:
    """The same, found by the access token; `expires_at` is then that of the access token."""
    query = _REFRESHED.add_columns(access_tokens.c.expires_at.label("access_expires_at"))
    row = rows.execute(query.where(access_tokens.c.value_hash == value_hash)).mappings().first()
    if row is None:
        return None
    return _refreshed({**row, "expires_at": row["access_expires_at"]})


def _find_refreshed(rows: Connection, condition: sa.ColumnElement[bool]) -> RefreshedToken | None:
    row = rows.execute(_REFRESHED.where(condition)).mappings().first()
    return _refreshed(dict(row)) if row else None


def _refreshed(fields: dict[str, Any]) -> RefreshedToken:
    fields.pop("access_expires_at", None)
    scopes = fields["scopes"]
    return RefreshedToken(
        **{
            **fields,
            "scopes": None if scopes is None else read_scopes(scopes),
            "orgs": frozenset(fields["orgs"].split()),
        }
    )


def mark_refreshed(rows: Connection, token_id: str, *, at: datetime, expires_at: datetime) -> int:
    """Use a refresh token up, and let its access token end by `expires_at`; 0 rows if it was used before."""
    query = access_tokens.update().where(
        access_tokens.c.id == token_id, access_tokens.c.refreshed_at.is_(None)
    )
    latest = sa.literal(expires_at, UtcDateTime())
    earlier = sa.case((access_tokens.c.expires_at < latest, access_tokens.c.expires_at), else_=latest)
    return rows.execute(query.values(refreshed_at=at, expires_at=earlier)).rowcount


def add_contribution(rows: Connection, token_id: str, target: str) -> None:
    """Note that the app behind a token made the repo `target`; nothing for a token of no app."""
    query = (
        sa.select(oauth_authorizations.c.user_id, oauth_authorizations.c.app_id)
        .join_from(
            access_tokens, oauth_authorizations, oauth_authorizations.c.id == access_tokens.c.authorization_id
        )
        .where(access_tokens.c.id == token_id, oauth_authorizations.c.app_id.is_not(None))
    )
    row = rows.execute(query).first()
    if row is not None:
        values = {"user_id": row.user_id, "app_id": row.app_id, "target": target}
        rows.execute(insert_into(rows, oauth_contributions).values(**values).on_conflict_do_nothing())


def list_contributions(rows: Connection, *, user_id: str, app_id: str) -> list[str]:
    query = sa.select(oauth_contributions.c.target).where(
        oauth_contributions.c.user_id == user_id, oauth_contributions.c.app_id == app_id
    )
    return list(rows.execute(query).scalars())


def move_contributions(rows: Connection, old: str, new: str) -> None:
    """A repo moved: nothing that was noted for its new address before counts any more."""
    rows.execute(oauth_contributions.delete().where(oauth_contributions.c.target == new))
    rows.execute(oauth_contributions.update().where(oauth_contributions.c.target == old).values(target=new))


def delete_contributions(rows: Connection, target: str) -> None:
    rows.execute(oauth_contributions.delete().where(oauth_contributions.c.target == target))
