"""All SQL about collections. Functions over a Connection; nothing here decides who may see what."""

from collections.abc import Collection as SomeOf
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.accounts.tables import namespaces
from openhearth.community.collections.records import Collection, ItemRow, Owner, Target
from openhearth.community.collections.slugs import slug_of
from openhearth.community.collections.tables import collection_items, collection_upvotes, collections
from openhearth.db import insert_into

JOINED = collections.join(namespaces, namespaces.c.id == collections.c.owner_id)
_COLUMNS = (
    *collections.c,
    namespaces.c.name.label("owner_name"),
    namespaces.c.fullname.label("owner_fullname"),
    namespaces.c.kind.label("owner_kind"),
)
Condition = sa.ColumnElement[bool]
Position = tuple[int, datetime, str]  # what a list is ordered by; when it was changed; its id


def _collection(row: Any) -> Collection:
    owner = Owner(
        id=row.owner_id, name=row.owner_name, fullname=row.owner_fullname, is_org=row.owner_kind == "org"
    )
    return Collection(
        id=row.id, owner=owner, creator_id=row.creator_id, title=row.title, description=row.description,
        private=row.private, theme=row.theme, position=row.position, upvotes=row.upvotes,
        created_at=row.created_at, last_updated=row.last_updated, slug=slug_of(owner.name, row.title, row.id),
    )  # fmt: skip


def find_collection(rows: Connection, collection_id: str) -> Collection | None:
    statement = sa.select(*_COLUMNS).select_from(JOINED).where(collections.c.id == collection_id)
    row = rows.execute(statement).first()
    return _collection(row) if row else None


def find_by_title(rows: Connection, owner_id: str, title: str) -> Collection | None:
    named = (collections.c.owner_id == owner_id) & (collections.c.title_key == title.lower())
    row = rows.execute(sa.select(*_COLUMNS).select_from(JOINED).where(named)).first()
    return _collection(row) if row else None


def list_by_id(rows: Connection, ids: SomeOf[str], readable: Condition) -> Mapping[str, Collection]:
    statement = sa.select(*_COLUMNS).select_from(JOINED).where(collections.c.id.in_(ids), readable)
    return {row.id: _collection(row) for row in rows.execute(statement)}


def recent_upvotes(since: datetime) -> sa.ScalarSelect[int]:
    """How many found a collection good since then: what `trending` means."""
    mine = collection_upvotes.c.collection_id == collections.c.id
    return (
        sa.select(sa.func.count()).where(mine, collection_upvotes.c.at >= since).correlate(collections)
    ).scalar_subquery()


def list_collections(
    rows: Connection,
    conditions: Sequence[Condition],
    *,
    order: sa.ColumnElement[int] | None,
    after: Position | None,
    limit: int,
) -> list[tuple[Collection, Position]]:
    """Collections by `order`, highest first, then last changed first, from behind the position `after`."""
    key = (sa.literal_column("0", sa.Integer) if order is None else order).label("sort_key")
    columns: list[sa.ColumnElement[Any]] = [] if order is None else [order]
    columns += [collections.c.last_updated, collections.c.id]
    statement = sa.select(*_COLUMNS, key).select_from(JOINED).where(*conditions)
    if after is not None:
        values = after if order is not None else after[1:]
        before = [sa.literal(value, column.type) for value, column in zip(values, columns, strict=True)]
        statement = statement.where(sa.tuple_(*columns) < sa.tuple_(*before))
    found = rows.execute(statement.order_by(*[column.desc() for column in columns]).limit(limit))
    return [(_collection(row), (row.sort_key, row.last_updated, row.id)) for row in found]


def count_collections(rows: Connection, conditions: Sequence[Condition]) -> int:
    statement = sa.select(sa.func.count()).select_from(JOINED).where(*conditions)
    return rows.execute(statement).scalar_one()


def sum_upvotes(rows: Connection, conditions: Sequence[Condition]) -> int:
    total = sa.func.coalesce(sa.func.sum(collections.c.upvotes), 0)
    return int(rows.execute(sa.select(total).select_from(JOINED).where(*conditions)).scalar_one())


def holds(target: Target) -> Condition:
    """Whether a collection holds `target`."""
    t = collection_items.c
    same = (t.collection_id == collections.c.id) & (t.type == target.type) & (t.target == target.key)
    return sa.exists().where(same)


def insert_collection(rows: Connection, collection: Collection) -> None:
    rows.execute(
        collections.insert().values(
            id=collection.id, owner_id=collection.owner.id, creator_id=collection.creator_id,
            title=collection.title, title_key=collection.title.lower(), description=collection.description,
            private=collection.private, theme=collection.theme, position=collection.position,
            upvotes=collection.upvotes, created_at=collection.created_at,
            last_updated=collection.last_updated,
        )
    )  # fmt: skip


def update_collection(rows: Connection, collection_id: str, **values: object) -> None:
    """Also how a writer takes the collection for itself until the transaction ends."""
    if "title" in values:
        values["title_key"] = str(values["title"]).lower()
    rows.execute(collections.update().where(collections.c.id == collection_id).values(**values))


def delete_collection(rows: Connection, collection_id: str) -> None:
    rows.execute(collections.delete().where(collections.c.id == collection_id))


# items -----------------------------------------------------------------------------------------------------------


def _item(row: Any) -> ItemRow:
    return ItemRow(
        id=row.id,
        collection_id=row.collection_id,
        target=Target(type=row.type, key=row.target, repo_key=row.repo_key, linked_id=row.linked_id),
        position=row.position,
        note=row.note,
    )


def visible(repo_keys: sa.Select[Any], readable: Condition) -> Condition:
    """Which items point to something readable, as far as rows of this and the repos' room can tell."""
    t = collection_items.c
    ids = sa.select(collections.c.id).select_from(JOINED).where(readable)
    of_others = t.repo_key.is_(None) & t.linked_id.is_(None)
    return of_others | t.repo_key.in_(repo_keys) | t.linked_id.in_(ids)


def list_items(rows: Connection, collection_id: str, condition: Condition | None = None) -> list[ItemRow]:
    """The items of a collection, or those of them that meet `condition`, in their order."""
    mine = [collection_items.c.collection_id == collection_id]
    if condition is not None:
        mine.append(condition)
    statement = sa.select(collection_items).where(*mine).order_by(collection_items.c.position)
    return [_item(row) for row in rows.execute(statement)]


def list_first_items(
    rows: Connection, ids: SomeOf[str], condition: Condition, *, each: int
) -> Mapping[str, list[ItemRow]]:
    """Collection id → its first items that meet `condition`."""
    t = collection_items.c
    place = sa.func.row_number().over(partition_by=t.collection_id, order_by=t.position).label("place")
    ranked = sa.select(collection_items, place).where(t.collection_id.in_(ids), condition).subquery()
    statement = sa.select(ranked).where(ranked.c.place <= each).order_by(ranked.c.place)
    found: dict[str, list[ItemRow]] = {collection_id: [] for collection_id in ids}
    for row in rows.execute(statement):
        found[row.collection_id].append(_item(row))
    return found


def count_items(rows: Connection, ids: SomeOf[str], condition: Condition) -> Mapping[str, int]:
    """Collection id → how many of its repos and collections meet `condition`."""
    t = collection_items.c
    of_rows = t.repo_key.is_not(None) | t.linked_id.is_not(None)
    statement = (
        sa.select(t.collection_id, sa.func.count().label("items"))
        .where(t.collection_id.in_(ids), of_rows, condition)
        .group_by(t.collection_id)
    )
    return {row.collection_id: row.items for row in rows.execute(statement)}


def list_things(rows: Connection, ids: SomeOf[str]) -> list[tuple[str, Target]]:
    """What collections hold of other rooms, papers and buckets, each with the collection's id."""
    t = collection_items.c
    statement = sa.select(t.collection_id, t.type, t.target).where(
        t.collection_id.in_(ids), t.repo_key.is_(None), t.linked_id.is_(None)
    )
    return [(row.collection_id, Target(type=row.type, key=row.target)) for row in rows.execute(statement)]


def insert_item(rows: Connection, item: ItemRow, *, at: datetime) -> None:
    target = item.target
    rows.execute(
        collection_items.insert().values(
            id=item.id, collection_id=item.collection_id, type=target.type, target=target.key,
            repo_key=target.repo_key, linked_id=target.linked_id, position=item.position, note=item.note,
            added_at=at,
        )
    )  # fmt: skip


def update_note(rows: Connection, item_id: str, note: str | None) -> None:
    rows.execute(collection_items.update().where(collection_items.c.id == item_id).values(note=note))


def delete_item(rows: Connection, item_id: str) -> None:
    rows.execute(collection_items.delete().where(collection_items.c.id == item_id))


def renumber(rows: Connection, items: Sequence[ItemRow]) -> None:
    """Number `items` from 0 in their order. Steps aside first: no two may share a position even in between."""
    moved = [(item.id, place) for place, item in enumerate(items) if item.position != place]
    if not moved:
        return
    statement = (
        collection_items.update()
        .where(collection_items.c.id == sa.bindparam("item"))
        .values(position=sa.bindparam("place"))
    )
    rows.execute(statement, [{"item": item_id, "place": -1 - place} for item_id, place in moved])
    rows.execute(statement, [{"item": item_id, "place": place} for item_id, place in moved])


# upvotes ---------------------------------------------------------------------------------------------------------


def insert_upvote(rows: Connection, collection_id: str, user_id: str, at: datetime) -> None:
    """Add an upvote; a second one of the same person changes nothing."""
    statement = insert_into(rows, collection_upvotes).on_conflict_do_nothing()
    rows.execute(statement.values(collection_id=collection_id, user_id=user_id, at=at))


def delete_upvote(rows: Connection, collection_id: str, user_id: str) -> None:
    t = collection_upvotes.c
    rows.execute(collection_upvotes.delete().where(t.collection_id == collection_id, t.user_id == user_id))


def count_upvotes_again(rows: Connection, collection_id: str) -> int:
    """Make the number of upvotes that of their rows; gives it."""
    counted = sa.select(sa.func.count()).where(collection_upvotes.c.collection_id == collection_id)
    upvotes = rows.execute(counted).scalar_one()
    update_collection(rows, collection_id, upvotes=upvotes)
    return upvotes


def list_upvoted(rows: Connection, ids: SomeOf[str], user_id: str) -> set[str]:
    """Which of the collections somebody found good."""
    t = collection_upvotes.c
    statement = sa.select(t.collection_id).where(t.user_id == user_id, t.collection_id.in_(ids))
    return set(rows.execute(statement).scalars())
