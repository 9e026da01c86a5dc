"""All SQL about who follows whom."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.accounts.tables import namespaces
from openhearth.community.follows.records import Party
from openhearth.community.follows.tables import follows
from openhearth.db import insert_into


def insert_follow(rows: Connection, follower_id: str, namespace_id: str, at: datetime) -> None:
    """A second one changes nothing."""
    statement = insert_into(rows, follows).on_conflict_do_nothing()
    rows.execute(statement.values(follower_id=follower_id, namespace_id=namespace_id, at=at))


def delete_follow(rows: Connection, follower_id: str, namespace_id: str) -> None:
    t = follows.c
    rows.execute(follows.delete().where(t.follower_id == follower_id, t.namespace_id == namespace_id))


def list_followed(rows: Connection, follower_id: str, ids: Collection[str]) -> set[str]:
    """Which of `ids` somebody follows."""
    t = follows.c
    statement = sa.select(t.namespace_id).where(t.follower_id == follower_id, t.namespace_id.in_(ids))
    return set(rows.execute(statement).scalars())


def list_followers(rows: Connection, namespace_id: str, *, after: str, limit: int) -> list[Party]:
    """In order of their names, from behind the name `after`."""
    joined = follows.join(namespaces, namespaces.c.id == follows.c.follower_id)
    return _list(rows, joined, follows.c.namespace_id == namespace_id, after=after, limit=limit)


def list_following(
    rows: Connection, follower_id: str, *, people_only: bool, after: str, limit: int
) -> list[Party]:
    joined = follows.join(namespaces, namespaces.c.id == follows.c.namespace_id)
    mine = follows.c.follower_id == follower_id
    if people_only:
        mine &= namespaces.c.kind == "user"
    return _list(rows, joined, mine, after=after, limit=limit)


def count_followers(rows: Connection, namespace_id: str) -> int:
    counted = sa.select(sa.func.count()).where(follows.c.namespace_id == namespace_id)
    return rows.execute(counted).scalar_one()


def count_following(rows: Connection, follower_id: str, *, people_only: bool) -> int:
    joined = follows.join(namespaces, namespaces.c.id == follows.c.namespace_id)
    mine = follows.c.follower_id == follower_id
    if people_only:
        mine &= namespaces.c.kind == "user"
    return rows.execute(sa.select(sa.func.count()).select_from(joined).where(mine)).scalar_one()


def _list(
    rows: Connection, joined: sa.Join, condition: sa.ColumnElement[bool], *, after: str, limit: int
) -> list[Party]:
    t = namespaces.c
    statement: sa.Select[Any] = (
        sa.select(t.id, t.name, t.fullname, t.kind)
        .select_from(joined)
        .where(condition, t.name_key > after.lower())
        .order_by(t.name_key)
        .limit(limit)
    )
    return [
        Party(id=row.id, name=row.name, fullname=row.fullname, is_org=row.kind == "org")
        for row in rows.execute(statement)
    ]
