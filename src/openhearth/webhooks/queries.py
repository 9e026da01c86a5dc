"""All SQL about webhooks. Nothing here decides who may see what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from openhearth.webhooks.records import Delivery, Watched, Webhook
from openhearth.webhooks.tables import webhook_deliveries, webhook_watched, webhooks


def insert_webhook(connection: Connection, webhook: Webhook) -> None:
    values = {column.name: getattr(webhook, column.name) for column in webhooks.c}
    connection.execute(sa.insert(webhooks).values({**values, "domains": list(webhook.domains)}))
    replace_watched(connection, webhook.id, webhook.watched)


def update_webhook(connection: Connection, webhook_id: str, **values: Any) -> None:
    connection.execute(sa.update(webhooks).where(webhooks.c.id == webhook_id).values(**values))


def delete_webhook(connection: Connection, webhook_id: str) -> None:
    connection.execute(sa.delete(webhooks).where(webhooks.c.id == webhook_id))


def replace_watched(connection: Connection, webhook_id: str, watched: Sequence[Watched]) -> None:
    connection.execute(sa.delete(webhook_watched).where(webhook_watched.c.webhook_id == webhook_id))
    rows = [
        {
            "webhook_id": webhook_id,
            "type": one.type,
            "name": one.name,
            "name_key": one.name.lower(),
            "position": i,
        }
        for i, one in enumerate(watched)
    ]
    if rows:
        connection.execute(sa.insert(webhook_watched), rows)


def rename_watched(connection: Connection, webhook_id: str, old: Watched, new: Watched) -> None:
    """Let a watch follow a repo that moved, unless its new name is watched already."""
    its = (webhook_watched.c.webhook_id == webhook_id, webhook_watched.c.type == old.type)
    taken = sa.select(webhook_watched.c.name).where(*its, webhook_watched.c.name_key == new.name.lower())
    if connection.execute(taken).first() is None:
        moved = sa.update(webhook_watched).where(*its, webhook_watched.c.name_key == old.name.lower())
        connection.execute(moved.values(name=new.name, name_key=new.name.lower()))


def find_webhook(connection: Connection, webhook_id: str) -> Webhook | None:
    found = _list(connection, webhooks.c.id == webhook_id)
    return found[0] if found else None


def list_webhooks(connection: Connection, owner_id: str) -> list[Webhook]:
    return _list(connection, webhooks.c.owner_id == owner_id)


def list_watching(connection: Connection, watched: Sequence[Watched]) -> list[Webhook]:
    """The webhooks in force that watch any of `watched`."""
    names = [
        (webhook_watched.c.type == one.type) & (webhook_watched.c.name_key == one.name.lower())
        for one in watched
    ]
    ids = sa.select(webhook_watched.c.webhook_id).where(sa.or_(*names))
    return _list(connection, webhooks.c.id.in_(ids) & sa.not_(webhooks.c.disabled))


def count_webhooks(connection: Connection, owner_id: str) -> int:
    statement = sa.select(sa.func.count()).where(webhooks.c.owner_id == owner_id)
    return connection.execute(statement).scalar_one()


def _list(connection: Connection, condition: sa.ColumnElement[bool]) -> list[Webhook]:
    rows = connection.execute(
        sa.select(webhooks).where(condition).order_by(webhooks.c.created_at, webhooks.c.id)
    ).all()
    watched: dict[str, list[Watched]] = {row.id: [] for row in rows}
    if rows:
        of_these = sa.select(webhook_watched).where(webhook_watched.c.webhook_id.in_(watched))
        for row in connection.execute(of_these.order_by(webhook_watched.c.position)):
            watched[row.webhook_id].append(Watched(row.type, row.name))
    return [Webhook(**row._mapping, watched=tuple(watched[row.id])) for row in rows]


# deliveries ----------------------------------------------------------------------------------------------------------
def insert_delivery(connection: Connection, delivery: Delivery, *, keep: int) -> None:
    """Add a delivery, and take away what is older than the newest `keep` and no longer under way."""
    connection.execute(
        sa.insert(webhook_deliveries).values(
            {c.name: getattr(delivery, c.name) for c in webhook_deliveries.c}
        )
    )
    its = webhook_deliveries.c.webhook_id == delivery.webhook_id
    newest = (webhook_deliveries.c.created_at.desc(), webhook_deliveries.c.id.desc())
    edge = sa.select(webhook_deliveries.c.created_at).where(its).order_by(*newest).offset(keep).limit(1)
    old = webhook_deliveries.c.created_at <= edge.scalar_subquery()
    connection.execute(sa.delete(webhook_deliveries).where(its, old, webhook_deliveries.c.state != "waiting"))


def update_delivery(connection: Connection, delivery_id: str, **values: Any) -> None:
    connection.execute(
        sa.update(webhook_deliveries).where(webhook_deliveries.c.id == delivery_id).values(**values)
    )


def delete_delivery(connection: Connection, delivery_id: str) -> None:
    connection.execute(sa.delete(webhook_deliveries).where(webhook_deliveries.c.id == delivery_id))


def find_delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    row = connection.execute(
        sa.select(webhook_deliveries).where(webhook_deliveries.c.id == delivery_id)
    ).first()
    return _delivery(row) if row else None


def list_deliveries(
    connection: Connection, webhook_id: str, *, before: tuple[datetime, str] | None, limit: int
) -> list[Delivery]:
    """Newest first."""
    position = sa.tuple_(webhook_deliveries.c.created_at, webhook_deliveries.c.id)
    statement = sa.select(webhook_deliveries).where(webhook_deliveries.c.webhook_id == webhook_id)
    if before is not None:
        statement = statement.where(position < sa.tuple_(*map(sa.literal, before)))
    order = (webhook_deliveries.c.created_at.desc(), webhook_deliveries.c.id.desc())
    return [_delivery(row) for row in connection.execute(statement.order_by(*order).limit(limit))]


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**row._mapping)
