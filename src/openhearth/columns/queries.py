"""All SQL about runs over columns. Nothing here decides who may see what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.columns.records import Cell, ColumnRun, Progress
from openhearth.columns.tables import column_cells, column_runs
from openhearth.db.inserts import insert_into

_OPEN = ("waiting", "running")


def insert_run(connection: Connection, run: ColumnRun) -> None:
    values = {column.name: getattr(run, column.name) for column in column_runs.c}
    connection.execute(sa.insert(column_runs).values({**values, "parameters": dict(run.parameters)}))


def find_run(connection: Connection, run_id: str) -> ColumnRun | None:
    row = connection.execute(sa.select(column_runs).where(column_runs.c.id == run_id)).first()
    return None if row is None else ColumnRun(**row._mapping)


def list_runs(connection: Connection, user_id: str, *, limit: int) -> list[ColumnRun]:
    """The newest first."""
    c = column_runs.c
    statement = sa.select(column_runs).where(c.user_id == user_id).order_by(c.created_at.desc(), c.id.desc())
    return [ColumnRun(**row._mapping) for row in connection.execute(statement.limit(limit))]


def count_open(connection: Connection, user_id: str) -> int:
    c = column_runs.c
    statement = sa.select(sa.func.count()).where(c.user_id == user_id, c.state.in_(_OPEN))
    return int(connection.execute(statement).scalar_one())


def update_run(connection: Connection, run_id: str, *, only_open: bool = True, **values: Any) -> bool:
    """Change a run; with `only_open`, unless it has ended meanwhile. Gives whether it was changed."""
    statement = sa.update(column_runs).where(column_runs.c.id == run_id)
    if only_open:
        statement = statement.where(column_runs.c.state.in_(_OPEN))
    return connection.execute(statement.values(**values)).rowcount == 1


def delete_run(connection: Connection, run_id: str) -> None:
    connection.execute(sa.delete(column_runs).where(column_runs.c.id == run_id))


def delete_old(connection: Connection, user_id: str, before: datetime) -> None:
    c = column_runs.c
    connection.execute(
        sa.delete(column_runs).where(c.user_id == user_id, c.created_at < before, c.state.not_in(_OPEN))
    )


def insert_cells(connection: Connection, run_id: str, cells: Sequence[Cell]) -> None:
    """Keep the cells of a run; those that are there already stay as they are."""
    rows = [
        {"run_id": run_id, "row": c.row, "given": c.given, "answer": c.answer, "error": c.error}
        for c in cells
    ]
    if rows:
        connection.execute(insert_into(connection, column_cells).on_conflict_do_nothing(), rows)


def answer_cell(connection: Connection, run_id: str, row: int, *, answer: Any, error: str | None) -> None:
    c = column_cells.c
    connection.execute(
        sa.update(column_cells).where(c.run_id == run_id, c.row == row).values(answer=answer, error=error)
    )


def _is_pending() -> sa.ColumnElement[bool]:
    return column_cells.c.answer.is_(sa.null()) & column_cells.c.error.is_(None)


def list_cells(
    connection: Connection, run_id: str, *, offset: int = 0, limit: int, pending: bool = False
) -> list[Cell]:
    c = column_cells.c
    statement = sa.select(c.row, c.given, c.answer, c.error).where(c.run_id == run_id).order_by(c.row)
    if pending:
        statement = statement.where(_is_pending())
    return [Cell(*row) for row in connection.execute(statement.offset(offset).limit(limit))]


def count_cells(connection: Connection, run_id: str) -> Progress:
    c = column_cells.c
    counted = sa.select(
        sa.func.count(),
        sa.func.count().filter(_is_pending()),
        sa.func.count().filter(c.error.is_not(None)),
    ).where(c.run_id == run_id)
    total, pending, failed = connection.execute(counted).one()
    return Progress(done=total - pending, failed=failed, total=total)
