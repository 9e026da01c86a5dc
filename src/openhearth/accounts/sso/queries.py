"""Rows of single sign-on."""

import json
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.accounts.sso.records import Identity, Newcomer, Pending, Statement
from openhearth.accounts.sso.tables import sso_grants, sso_identities, sso_newcomers, sso_requests


def insert_request(rows: Connection, pending: Pending, *, state_hash: str, browser_hash: str) -> None:
    rows.execute(
        sso_requests.insert().values(
            state_hash=state_hash,
            browser_hash=browser_hash,
            nonce=pending.nonce,
            verifier=pending.verifier,
            target=pending.target,
            user_id=pending.user_id,
            expires_at=pending.expires_at,
        )
    )


def count_requests(rows: Connection) -> int:
    return rows.execute(sa.select(sa.func.count()).select_from(sso_requests)).scalar_one()


def take_request(rows: Connection, *, state_hash: str, browser_hash: str) -> Pending | None:
    """The request of this state and browser, which is gone afterwards."""
    condition = (sso_requests.c.state_hash == state_hash) & (sso_requests.c.browser_hash == browser_hash)
    row = rows.execute(sa.select(sso_requests).where(condition)).first()
    if row is None or not rows.execute(sso_requests.delete().where(condition)).rowcount:
        return None
    return Pending(
        nonce=row.nonce,
        verifier=row.verifier,
        target=row.target,
        user_id=row.user_id,
        expires_at=row.expires_at,
    )


def delete_expired(rows: Connection, *, now: datetime) -> None:
    for table in (sso_requests, sso_newcomers):
        rows.execute(table.delete().where(table.c.expires_at < now))


def replace_newcomer(rows: Connection, newcomer: Newcomer, *, secret_hash: str, expires_at: datetime) -> None:
    rows.execute(sso_newcomers.delete().where(sso_newcomers.c.secret_hash == secret_hash))
    rows.execute(
        sso_newcomers.insert().values(
            secret_hash=secret_hash,
            issuer=newcomer.statement.issuer,
            subject=newcomer.statement.subject,
            statement=json.dumps(asdict(newcomer.statement)),
            target=newcomer.target,
            expires_at=expires_at,
        )
    )


def find_newcomer(rows: Connection, secret_hash: str, *, now: datetime) -> Newcomer | None:
    query = sa.select(sso_newcomers).where(
        sso_newcomers.c.secret_hash == secret_hash, sso_newcomers.c.expires_at > now
    )
    row = rows.execute(query).first()
    if row is None:
        return None
    stated: dict[str, Any] = json.loads(row.statement)
    return Newcomer(statement=Statement(**{**stated, "groups": tuple(stated["groups"])}), target=row.target)


def delete_newcomer(rows: Connection, secret_hash: str) -> int:
    """The number of rows gone: 0 if another call took it first."""
    return rows.execute(sso_newcomers.delete().where(sso_newcomers.c.secret_hash == secret_hash)).rowcount


def find_identity(rows: Connection, *, issuer: str, subject: str) -> Identity | None:
    query = sa.select(sso_identities).where(
        sso_identities.c.issuer == issuer, sso_identities.c.subject == subject
    )
    row = rows.execute(query).mappings().first()
    return Identity(**row) if row else None


def find_identity_of(rows: Connection, user_id: str) -> Identity | None:
    query = sa.select(sso_identities).where(sso_identities.c.user_id == user_id)
    row = rows.execute(query.order_by(sso_identities.c.linked_at.desc())).mappings().first()
    return Identity(**row) if row else None


def insert_identity(rows: Connection, identity: Identity) -> None:
    rows.execute(sso_identities.insert().values(**asdict(identity)))


def note_seen(rows: Connection, *, issuer: str, subject: str, at: datetime) -> None:
    rows.execute(
        sso_identities.update()
        .where(sso_identities.c.issuer == issuer, sso_identities.c.subject == subject)
        .values(last_seen_at=at)
    )


def delete_identities(rows: Connection, user_id: str) -> None:
    rows.execute(sso_identities.delete().where(sso_identities.c.user_id == user_id))


def list_grants(rows: Connection, user_id: str) -> frozenset[str]:
    """What groups gave to somebody: ids of organisations, and `*site-admin`."""
    query = sa.select(sso_grants.c.target).where(sso_grants.c.user_id == user_id)
    return frozenset(rows.execute(query).scalars())


def replace_grants(rows: Connection, user_id: str, targets: Collection[str]) -> None:
    rows.execute(sso_grants.delete().where(sso_grants.c.user_id == user_id))
    for target in targets:
        rows.execute(sso_grants.insert().values(user_id=user_id, target=target))
