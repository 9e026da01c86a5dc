"""All SQL of the audit log. Rows are added, read and, when they are old, let go; nothing changes one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from openhearth.audit.records import Entry, EntryFilter, Logged, Pruning
from openhearth.audit.tables import audit_log, audit_prunings

_ENTRY = [column for column in audit_log.c if column.name not in ("id", "hash")]
_BLOCK = 1000


def find_last(rows: Connection) -> tuple[int, str] | None:
    """Number and hash of the newest entry."""
    newest = sa.select(audit_log.c.id, audit_log.c.hash).order_by(audit_log.c.id.desc()).limit(1)
    row = rows.execute(newest).first()
    return (row.id, row.hash) if row else None


def insert(rows: Connection, logged: Sequence[Logged]) -> None:
    values = [
        {
            "id": line.id,
            "hash": line.hash,
            **{column.name: getattr(line.entry, column.name) for column in _ENTRY},
            "detail": dict(line.entry.detail),
        }
        for line in logged
    ]
    rows.execute(sa.insert(audit_log), values)


def list_entries(rows: Connection, wanted: EntryFilter, *, before: int | None, limit: int) -> list[Logged]:
    """The newest first, older than the entry `before`."""
    statement = sa.select(audit_log).where(*_conditions(wanted))
    if before is not None:
        statement = statement.where(audit_log.c.id < before)
    found = rows.execute(statement.order_by(audit_log.c.id.desc()).limit(limit)).mappings()
    return [_logged(row) for row in found]


def walk(rows: Connection, wanted: EntryFilter, *, after: int = 0) -> Iterator[Logged]:
    """The oldest first, in blocks: a long log is never in memory."""
    statement = sa.select(audit_log).where(*_conditions(wanted)).order_by(audit_log.c.id).limit(_BLOCK)
    while True:
        block = [_logged(row) for row in rows.execute(statement.where(audit_log.c.id > after)).mappings()]
        yield from block
        if len(block) < _BLOCK:
            return
        after = block[-1].id


def find_newest_before(rows: Connection, moment: datetime) -> tuple[int, str] | None:
    """Number and hash of the last entry that is older than `moment`, along with all before it."""
    kept = sa.select(sa.func.min(audit_log.c.id)).where(audit_log.c.at >= moment).scalar_subquery()
    old = sa.select(audit_log.c.id, audit_log.c.hash).where(
        audit_log.c.at < moment, sa.func.coalesce(audit_log.c.id < kept, sa.true())
    )
    row = rows.execute(old.order_by(audit_log.c.id.desc()).limit(1)).first()
    return (row.id, row.hash) if row else None


def find_pruning(rows: Connection) -> Pruning | None:
    newest = sa.select(audit_prunings).order_by(audit_prunings.c.up_to.desc()).limit(1)
    row = rows.execute(newest).mappings().first()
    return Pruning(**row) if row else None


def insert_pruning(rows: Connection, pruning: Pruning) -> None:
    values = {"up_to": pruning.up_to, "hash": pruning.hash, "at": pruning.at, "seal": pruning.seal}
    rows.execute(sa.insert(audit_prunings).values(**values))


def delete_pruned(rows: Connection, up_to: int) -> int:
    return rows.execute(sa.delete(audit_log).where(audit_log.c.id <= up_to)).rowcount


def _conditions(wanted: EntryFilter) -> list[sa.ColumnElement[bool]]:
    table, found = audit_log.c, []
    if wanted.namespace is not None:
        found.append(table.namespace == wanted.namespace.lower())
    if wanted.actor:
        found.append(sa.func.lower(table.actor_name) == wanted.actor.lower())
    if wanted.verdict is not None:
        found.append(table.verdict == wanted.verdict)
    for column, text in ((table.action, wanted.action), (table.target, wanted.target)):
        if text:
            found.append(sa.func.lower(column).startswith(text.lower(), autoescape=True))
    if wanted.since is not None:
        found.append(table.at >= wanted.since)
    if wanted.until is not None:
        found.append(table.at < wanted.until)
    return found


def _logged(row: RowMapping) -> Logged:
    values: dict[str, Any] = {column.name: row[column.name] for column in _ENTRY}
    return Logged(id=row["id"], hash=row["hash"], entry=Entry(**values))
