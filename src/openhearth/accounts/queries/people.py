"""Rows of users and of the names they share with organisations."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.accounts.records import NamespaceKind, User
from openhearth.accounts.tables import namespaces, setup_links, users

NAMESPACE_COLUMNS = (
    namespaces.c.id,
    namespaces.c.name,
    namespaces.c.fullname,
    namespaces.c.bio,
    namespaces.c.created_at,
)
USER_COLUMNS = (
    *NAMESPACE_COLUMNS,
    users.c.email,
    users.c.is_site_admin,
    users.c.password_hash.is_not(None).label("has_password"),
)
_SELECT = sa.select(*USER_COLUMNS).join_from(users, namespaces, namespaces.c.id == users.c.id)


def find_user(rows: Connection, name: str) -> User | None:
    return _one(rows, namespaces.c.name_key == name.lower())


def find_user_by_id(rows: Connection, user_id: str) -> User | None:
    return _one(rows, users.c.id == user_id)


def list_users_by_id(rows: Connection, ids: Collection[str]) -> list[User]:
    """Users in order of their names."""
    query = _SELECT.where(users.c.id.in_(ids)).order_by(namespaces.c.name_key)
    return [User(**row) for row in rows.execute(query).mappings()]


def list_users_by_name(rows: Connection, names: Collection[str]) -> list[User]:
    """Users of these names, in any case, in order of their names."""
    keys = [name.lower() for name in names]
    query = _SELECT.where(namespaces.c.name_key.in_(keys)).order_by(namespaces.c.name_key)
    return [User(**row) for row in rows.execute(query).mappings()]


def list_users(rows: Connection, *, after: str, limit: int) -> list[User]:
    """Users in order of their names, from behind the name `after`."""
    query = _SELECT.where(namespaces.c.name_key > after.lower()).order_by(namespaces.c.name_key).limit(limit)
    return [User(**row) for row in rows.execute(query).mappings()]


def _one(rows: Connection, condition: sa.ColumnElement[bool]) -> User | None:
    row = rows.execute(_SELECT.where(condition)).mappings().first()
    return User(**row) if row else None


def find_kind(rows: Connection, name: str) -> NamespaceKind | None:
    """Whether a user or an organisation holds `name`."""
    return rows.execute(sa.select(namespaces.c.kind).where(namespaces.c.name_key == name.lower())).scalar()


def insert_namespace(
    rows: Connection, *, id: str, kind: NamespaceKind, name: str, fullname: str, created_at: datetime
) -> None:
    rows.execute(
        namespaces.insert().values(
            id=id,
            kind=kind,
            name=name,
            name_key=name.lower(),
            fullname=fullname,
            bio="",
            created_at=created_at,
        )
    )


def insert_user(rows: Connection, *, id: str, password_hash: str | None, is_site_admin: bool) -> None:
    rows.execute(users.insert().values(id=id, password_hash=password_hash, is_site_admin=is_site_admin))


def update_namespace(rows: Connection, id: str, *, fullname: str, bio: str) -> None:
    rows.execute(namespaces.update().where(namespaces.c.id == id).values(fullname=fullname, bio=bio))


def update_user(rows: Connection, id: str, **values: Any) -> None:
    """Change `email`, `password_hash` or `is_site_admin`."""
    rows.execute(users.update().where(users.c.id == id).values(**values))


def find_password_hash(rows: Connection, user_id: str) -> str | None:
    return rows.execute(sa.select(users.c.password_hash).where(users.c.id == user_id)).scalar()


def has_site_admin(rows: Connection, *, with_password: bool = False) -> bool:
    query = sa.select(users.c.id).where(users.c.is_site_admin)
    if with_password:
        query = query.where(users.c.password_hash.is_not(None))
    return rows.execute(query.limit(1)).first() is not None


def replace_setup_link(rows: Connection, secret_hash: str) -> None:
    """Void every link before this one."""
    rows.execute(setup_links.delete())
    rows.execute(setup_links.insert().values(secret_hash=secret_hash))


def has_setup_link(rows: Connection, secret_hash: str) -> bool:
    return (
        rows.execute(sa.select(setup_links).where(setup_links.c.secret_hash == secret_hash)).first()
        is not None
    )


def delete_setup_link(rows: Connection, secret_hash: str) -> int:
    """The number of rows gone: 0 if there is no such link."""
    return rows.execute(setup_links.delete().where(setup_links.c.secret_hash == secret_hash)).rowcount
