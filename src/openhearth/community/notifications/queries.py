"""All SQL about notifications. Functions over a Connection; nothing here decides whom to tell."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.community.notifications.records import News, Reason, Recipient, Shown
from openhearth.community.notifications.tables import notifications
from openhearth.db import insert_into
from openhearth.kit.ids import new_id

t = notifications.c
UNREAD_COUNTED_MAX = 100  # a header needs no more
_OF_REASON: Mapping[Shown, Sequence[Reason]] = {
    "mentions": ("mention",),
    "participating": ("mention", "participant", "answer"),
}


def upsert(
    rows: Connection, news: News, recipients: Sequence[Recipient], *, at: datetime, again: bool = True
) -> None:
    """Tell `recipients`. What they were told of the same subject is replaced; without `again` it stays as it is."""
    if not recipients:
        return
    statement = insert_into(rows, notifications)
    key = ["user_id", "repo_key", "subject"]
    if again:
        new = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=key,
            set_={
                "title": new.title,
                "change": new.change,
                "actor_name": new.actor_name,
                "comment_id": new.comment_id,
                "reason": sa.case((sa.and_(t.reason == "mention", ~t.is_read), t.reason), else_=new.reason),
                "updates": sa.case((t.is_read, 1), else_=t.updates + 1),
                "is_read": False,
                "at": new.at,
            },
        )
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    # In one order for all writers, or two at once could wait for each other.
    ordered = sorted(recipients, key=lambda recipient: recipient.user_id)
    rows.execute(statement, [_values(news, recipient, at) for recipient in ordered])


def _values(news: News, recipient: Recipient, at: datetime) -> dict[str, object]:
    return {
        "id": new_id(), "user_id": recipient.user_id, "repo_key": news.repo_key, "subject": news.subject,
        "number": news.number, "is_pull_request": news.is_pull_request, "title": news.title,
        "reason": recipient.reason, "change": news.change, "actor_name": news.actor_name,
        "comment_id": news.comment_id, "updates": 1, "is_read": False, "at": at,
    }  # fmt: skip


def update_title(rows: Connection, news: News) -> None:
    """Also for those who are not told: an old title is shown nowhere."""
    same = (t.repo_key == news.repo_key) & (t.subject == news.subject)
    rows.execute(notifications.update().where(same).values(title=news.title))


def settle(rows: Connection, repo_key: str, subject: str) -> None:
    """Nothing is left to do about a subject: it counts as read for everybody."""
    same = (t.repo_key == repo_key) & (t.subject == subject)
    rows.execute(notifications.update().where(same).values(is_read=True))


def list_notifications(
    rows: Connection,
    condition: sa.ColumnElement[bool],
    *,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[Any]:
    """Rows, newest first, from before a position."""
    statement = sa.select(notifications).where(condition)
    if before is not None:
        position = sa.tuple_(sa.literal(before[0], t.at.type), sa.literal(before[1]))
        statement = statement.where(sa.tuple_(t.at, t.id) < position)
    return list(rows.execute(statement.order_by(t.at.desc(), t.id.desc()).limit(limit)))


def of_inbox(
    user_id: str, repo_keys: sa.Select[Any], shown: Shown = "all", *, repo_key: str | None = None
) -> sa.ColumnElement[bool]:
    """What is in somebody's inbox, as far as they may still see the repos it is about."""
    found = [t.user_id == user_id, t.repo_key.in_(repo_keys)]
    if shown == "unread":
        found.append(t.is_read.is_(False))
    elif shown in _OF_REASON:
        found.append(t.reason.in_(_OF_REASON[shown]))
    if repo_key is not None:
        found.append(t.repo_key == repo_key)
    return sa.and_(*found)


def count(rows: Connection, condition: sa.ColumnElement[bool]) -> int:
    return rows.execute(sa.select(sa.func.count()).select_from(notifications).where(condition)).scalar_one()


def count_unread(rows: Connection, user_id: str, repo_keys: sa.Select[Any]) -> int:
    """At most UNREAD_COUNTED_MAX, found by one index."""
    some = sa.select(t.id).where(of_inbox(user_id, repo_keys, "unread")).limit(UNREAD_COUNTED_MAX)
    return rows.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one()


def mark(rows: Connection, user_id: str, ids: Collection[str] | None, *, read: bool) -> None:
    """Those of `ids` that are the user's; None means all."""
    rows.execute(notifications.update().where(_mine(user_id, ids)).values(is_read=read))


def delete(rows: Connection, user_id: str, ids: Collection[str] | None) -> None:
    """Those of `ids` that are the user's; None means all."""
    rows.execute(notifications.delete().where(_mine(user_id, ids)))


def delete_subject(rows: Connection, user_id: str, repo_key: str, subject: str) -> None:
    rows.execute(
        notifications.delete().where(t.user_id == user_id, t.repo_key == repo_key, t.subject == subject)
    )


def _mine(user_id: str, ids: Collection[str] | None) -> sa.ColumnElement[bool]:
    mine = t.user_id == user_id
    return mine if ids is None else mine & t.id.in_(ids)
