"""SQL about watches: who asked to be told of what, or not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.accounts.tables import namespaces
from openhearth.community.notifications.records import Level
from openhearth.community.notifications.tables import discussion_watches, namespace_watches, repo_watches
from openhearth.db import insert_into

Place = Mapping[str, Any]  # the columns that name what is watched


@dataclass(frozen=True)
class Kind:
    """One kind of thing to watch: its table, and the columns that name it."""

    table: sa.Table
    columns: Sequence[str]


REPO = Kind(repo_watches, ("repo_key",))
NAMESPACE = Kind(namespace_watches, ("namespace_id",))
DISCUSSION = Kind(discussion_watches, ("repo_key", "number"))


def at(kind: Kind, place: Place) -> sa.ColumnElement[bool]:
    return sa.and_(*[kind.table.c[column] == place[column] for column in kind.columns])


def set_level(rows: Connection, kind: Kind, user_id: str, place: Place, level: Level | None) -> None:
    """None takes the setting away."""
    if level is None:
        rows.execute(kind.table.delete().where(kind.table.c.user_id == user_id, at(kind, place)))
        return
    statement = insert_into(rows, kind.table).values(user_id=user_id, level=level, **place)
    key = ["user_id", *kind.columns]
    rows.execute(statement.on_conflict_do_update(index_elements=key, set_={"level": level}))


def join_discussion(rows: Connection, user_ids: Collection[str], place: Place) -> None:
    """Let people watch a discussion from now on; whoever muted it goes on doing so."""
    if user_ids:
        statement = insert_into(rows, discussion_watches).on_conflict_do_nothing()
        rows.execute(
            statement, [{"user_id": user_id, "level": "watch", **place} for user_id in sorted(user_ids)]
        )


def find_level(rows: Connection, kind: Kind, user_id: str, place: Place) -> Level | None:
    table = kind.table
    found: Level | None = rows.execute(
        sa.select(table.c.level).where(table.c.user_id == user_id, at(kind, place))
    ).scalar()
    return found


def list_watchers(rows: Connection, kind: Kind, place: Place, *, limit: int) -> list[str]:
    table = kind.table
    mine = sa.select(table.c.user_id).where(at(kind, place), table.c.level == "watch")
    return list(rows.execute(mine.order_by(table.c.user_id).limit(limit)).scalars())


def list_levels(rows: Connection, kind: Kind, place: Place, user_ids: Collection[str]) -> Mapping[str, Level]:
    """User id → level, for those who set one."""
    table = kind.table
    statement = sa.select(table.c.user_id, table.c.level).where(
        at(kind, place), table.c.user_id.in_(user_ids)
    )
    return {row.user_id: row.level for row in rows.execute(statement)}


def list_of_user(rows: Connection, kind: Kind, user_id: str, *, limit: int) -> list[Any]:
    return list(rows.execute(sa.select(kind.table).where(kind.table.c.user_id == user_id).limit(limit)))


def list_namespaces(rows: Connection, user_id: str, *, limit: int) -> list[Any]:
    """The names and levels of the namespaces that somebody watches or mutes, in order of the names."""
    n = namespaces.c
    statement = (
        sa.select(n.name, n.kind, namespace_watches.c.level)
        .join_from(namespace_watches, namespaces, n.id == namespace_watches.c.namespace_id)
        .where(namespace_watches.c.user_id == user_id)
        .order_by(n.name_key)
        .limit(limit)
    )
    return list(rows.execute(statement))


def list_muted_discussions(rows: Connection, user_id: str, *, limit: int) -> list[Any]:
    t = discussion_watches.c
    statement = sa.select(discussion_watches).where(t.user_id == user_id, t.level == "mute")
    return list(rows.execute(statement.order_by(t.repo_key, t.number).limit(limit)))
