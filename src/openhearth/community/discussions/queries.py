"""All SQL about discussions. Functions over a Connection; nothing here decides who may do what."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from openhearth.community.discussions.records import (
    Anchor,
    Comment,
    Discussion,
    Event,
    EventKind,
    Status,
    Version,
    Wanted,
)
from openhearth.community.discussions.tables import (
    discussion_anchors as anchors,
)
from openhearth.community.discussions.tables import (
    discussion_events as events,
)
from openhearth.community.discussions.tables import (
    discussion_reactions as reactions,
)
from openhearth.community.discussions.tables import (
    discussion_repos as numbers,
)
from openhearth.community.discussions.tables import (
    discussion_versions as versions,
)
from openhearth.community.discussions.tables import (
    discussions,
)
from openhearth.db import insert_into

_COLUMNS = [discussions.c[column.name] for column in fields(Discussion)]
_SELECT = sa.select(*_COLUMNS)


# Numbers and settings


def take_number(rows: Connection, repo_key: str) -> int:
    """The next number of a repo, never given before. Other writers of the repo wait until this transaction ends."""
    insert = insert_into(rows, numbers).values(repo_key=repo_key, last_number=1, is_disabled=False)
    upsert = insert.on_conflict_do_update(
        index_elements=["repo_key"], set_={"last_number": numbers.c.last_number + 1}
    )
    return int(rows.execute(upsert.returning(numbers.c.last_number)).scalar_one())


def is_disabled(rows: Connection, repo_key: str) -> bool:
    found = sa.select(numbers.c.is_disabled).where(numbers.c.repo_key == repo_key)
    return bool(rows.execute(found).scalar())


def set_disabled(rows: Connection, repo_key: str, disabled: bool) -> None:
    insert = insert_into(rows, numbers).values(repo_key=repo_key, last_number=0, is_disabled=disabled)
    rows.execute(insert.on_conflict_do_update(index_elements=["repo_key"], set_={"is_disabled": disabled}))


# Discussions


def insert_discussion(rows: Connection, discussion: Discussion) -> None:
    values = {field.name: getattr(discussion, field.name) for field in fields(Discussion)}
    rows.execute(sa.insert(discussions).values(**values, last_position=0))


def find_discussion(rows: Connection, repo_key: str, number: int) -> Discussion | None:
    row = rows.execute(
        _SELECT.where(discussions.c.repo_key == repo_key, discussions.c.number == number)
    ).first()
    return _discussion(row) if row else None


def list_discussions(
    rows: Connection, repo_key: str, wanted: Wanted, *, skip: int, limit: int
) -> list[Discussion]:
    """Pinned ones first, then the newest."""
    query = _SELECT.where(*_conditions(repo_key, wanted))
    order = (discussions.c.is_pinned.desc(), discussions.c.number.desc())
    return [_discussion(row) for row in rows.execute(query.order_by(*order).offset(skip).limit(limit))]


def count_discussions(rows: Connection, repo_key: str, wanted: Wanted) -> int:
    query = sa.select(sa.func.count()).where(*_conditions(repo_key, wanted))
    return int(rows.execute(query).scalar_one())


def count_opened(rows: Connection, author_id: str, repo_keys: sa.Select[Any]) -> int:
    """How many somebody opened in the repos of `repo_keys`."""
    query = sa.select(sa.func.count()).where(
        discussions.c.author_id == author_id, discussions.c.repo_key.in_(repo_keys)
    )
    return int(rows.execute(query).scalar_one())


def _conditions(repo_key: str, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [discussions.c.repo_key == repo_key]
    if wanted.kind != "all":
        found.append(discussions.c.is_pull_request == (wanted.kind == "pull_request"))
    if wanted.status != "all":
        is_open = discussions.c.status.in_(("open", "draft"))
        found.append(is_open if wanted.status == "open" else ~is_open)
    if wanted.author_id is not None:
        found.append(discussions.c.author_id == wanted.author_id)
    return found


def change_discussion(rows: Connection, discussion_id: str, **changes: object) -> None:
    rows.execute(sa.update(discussions).where(discussions.c.id == discussion_id).values(**changes))


def change_status(
    rows: Connection, discussion_id: str, *, allowed: Collection[Status], **changes: object
) -> bool:
    """Change a discussion whose status is among `allowed`; says whether it was."""
    which = (discussions.c.id == discussion_id, discussions.c.status.in_(allowed))
    return rows.execute(sa.update(discussions).where(*which).values(**changes)).rowcount == 1


# Events


def add_event(
    rows: Connection,
    discussion_id: str,
    *,
    event_id: str,
    kind: EventKind,
    author_id: str | None,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    text: str | None = None,
) -> None:
    """Add an event at the end. Writers of one discussion queue at its row, so positions are never doubled."""
    is_comment = int(kind == "comment")
    position = rows.execute(
        sa.update(discussions)
        .where(discussions.c.id == discussion_id)
        .values(
            last_position=discussions.c.last_position + 1,
            comment_count=discussions.c.comment_count + is_comment,
            updated_at=at,
        )
        .returning(discussions.c.last_position)
    ).scalar_one()
    rows.execute(
        sa.insert(events).values(
            id=event_id, discussion_id=discussion_id, position=position, kind=kind, author_id=author_id,
            created_at=at, facts=dict(facts or {}), text=text, is_hidden=False,
        )
    )  # fmt: skip


def list_events(rows: Connection, discussion_id: str, limit: int) -> list[Event]:
    """The first `limit` events, in order, with all that belongs to them."""
    query = sa.select(events).where(events.c.discussion_id == discussion_id)
    return _complete(rows, rows.execute(query.order_by(events.c.position).limit(limit)).all())


def find_event(rows: Connection, discussion_id: str, event_id: str) -> Event | None:
    query = sa.select(events).where(events.c.discussion_id == discussion_id, events.c.id == event_id)
    return next(iter(_complete(rows, rows.execute(query).all())), None)


def list_commit_oids(rows: Connection, discussion_id: str) -> set[str]:
    """The commits that are among the events."""
    query = sa.select(events.c.facts).where(
        events.c.discussion_id == discussion_id, events.c.kind == "commit"
    )
    return {facts["oid"] for facts in rows.execute(query).scalars()}


def edit_comment(rows: Connection, event_id: str, before: str, text: str, at: datetime) -> bool:
    """Replace a comment that still says `before`, which is kept as a version; says whether it did."""
    found = rows.execute(
        sa.select(events.c.edited_at, events.c.created_at).where(events.c.id == event_id)
    ).one()
    edit = sa.update(events).where(
        events.c.id == event_id, events.c.text == before, events.c.is_hidden.is_(False)
    )
    if rows.execute(edit.values(text=text, edited_at=at)).rowcount != 1:
        return False
    count = sa.select(sa.func.count()).where(versions.c.event_id == event_id)
    number = rows.execute(count).scalar_one() + 1
    since = found.edited_at or found.created_at
    rows.execute(sa.insert(versions).values(event_id=event_id, number=number, text=before, at=since))
    return True


def hide_comment(rows: Connection, event_id: str, at: datetime) -> None:
    """Take a comment's words away for good, with its earlier versions and reactions."""
    rows.execute(
        sa.update(events).where(events.c.id == event_id).values(text="", is_hidden=True, edited_at=at)
    )
    rows.execute(sa.delete(versions).where(versions.c.event_id == event_id))
    rows.execute(sa.delete(reactions).where(reactions.c.event_id == event_id))


def insert_anchor(rows: Connection, event_id: str, anchor: Anchor) -> None:
    values = {field.name: getattr(anchor, field.name) for field in fields(Anchor)}
    rows.execute(sa.insert(anchors).values(event_id=event_id, **values))


def set_reaction(rows: Connection, event_id: str, user_id: str, reaction: str, given: bool) -> None:
    values = {"event_id": event_id, "user_id": user_id, "reaction": reaction}
    if given:
        rows.execute(insert_into(rows, reactions).on_conflict_do_nothing(), values)
    else:
        rows.execute(sa.delete(reactions).filter_by(**values))


def _complete(rows: Connection, found: Sequence[Row[Any]]) -> list[Event]:
    comments = [row.id for row in found if row.kind == "comment"]
    earlier: dict[str, list[Version]] = defaultdict(list)
    given: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    anchored: dict[str, Anchor] = {}
    for start in range(0, len(comments), 500):
        batch = comments[start : start + 500]
        which = sa.select(versions).where(versions.c.event_id.in_(batch)).order_by(versions.c.number)
        for row in rows.execute(which):
            earlier[row.event_id].append(Version(row.text, row.at))
        for row in rows.execute(sa.select(reactions).where(reactions.c.event_id.in_(batch))):
            given[row.event_id][row.reaction].append(row.user_id)
        for row in rows.execute(sa.select(anchors).where(anchors.c.event_id.in_(batch))):
            anchored[row.event_id] = Anchor(
                path=row.path, side=row.side, line=row.line, commit=row.commit, text=row.text
            )
    return [
        Event(
            id=row.id, position=row.position, kind=row.kind, author_id=row.author_id,
            created_at=row.created_at, facts=row.facts,
            comment=Comment(
                text=row.text or "", is_hidden=row.is_hidden, edited_at=row.edited_at,
                versions=earlier[row.id], anchor=anchored.get(row.id), reactions=given[row.id],
            ) if row.kind == "comment" else None,
        )
        for row in found
    ]  # fmt: skip


def _discussion(row: Row[Any]) -> Discussion:
    return Discussion(**{field.name: getattr(row, field.name) for field in fields(Discussion)})
