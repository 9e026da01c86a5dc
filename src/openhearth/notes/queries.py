"""All SQL about notes of runs. Nothing here decides who may see what."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.notes.records import KeptNote
from openhearth.notes.tables import run_notes

c = run_notes.c


def add_said(connection: Connection, note: KeptNote) -> None:
    """Keep `note`, or count on the same one of its run."""
    same = (
        c.run_id == note.run_id,
        c.user_id.is_not_distinct_from(note.user_id),
        c.task == note.task,
        c.kind == note.kind,
        c.source == note.source,
        c.message == note.message,
    )
    again = sa.update(run_notes).where(*same).values(count=c.count + note.count, at=note.at)
    if not connection.execute(again).rowcount:
        insert_note(connection, note)


def insert_note(connection: Connection, note: KeptNote) -> None:
    connection.execute(sa.insert(run_notes).values({column.name: getattr(note, column.name) for column in c}))


def find_note(connection: Connection, note_id: str) -> KeptNote | None:
    row = connection.execute(sa.select(run_notes).where(c.id == note_id)).first()
    return None if row is None else KeptNote(**row._mapping)


def visible_to(user_id: str, writable: sa.Select[tuple[str]]) -> sa.ColumnElement[bool]:
    """Notes of one's own runs, and those on models one writes."""
    return (c.user_id == user_id) | c.repo_key.in_(writable)


def list_notes(
    connection: Connection,
    visible: sa.ColumnElement[bool],
    *,
    repo_key: str | None = None,
    run_id: str | None = None,
    limit: int,
) -> list[KeptNote]:
    """The newest first."""
    statement = sa.select(run_notes).where(visible).order_by(c.at.desc(), c.id.desc()).limit(limit)
    if repo_key is not None:
        statement = statement.where(c.repo_key == repo_key)
    if run_id is not None:
        statement = statement.where(c.run_id == run_id)
    return [KeptNote(**row._mapping) for row in connection.execute(statement)]


def delete_note(connection: Connection, note_id: str) -> None:
    connection.execute(sa.delete(run_notes).where(c.id == note_id))


def delete_old(connection: Connection, before: datetime) -> None:
    """Forget what was said long ago; what people wrote stays."""
    connection.execute(sa.delete(run_notes).where(c.at < before, c.kind != "remark"))
