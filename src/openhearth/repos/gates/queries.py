"""All SQL about who asked for the files of gated repos."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from openhearth.db import insert_into
from openhearth.repos.gates.records import STATUSES, AccessRequest, AccessStatus
from openhearth.repos.tables import repo_access_requests as requests

Position = tuple[datetime, str]


def find(rows: Connection, repo_key: str, user_id: str) -> AccessRequest | None:
    mine = (requests.c.repo_key == repo_key) & (requests.c.user_id == user_id)
    return _first(rows, mine)


def find_by_id(rows: Connection, repo_key: str, request_id: str) -> AccessRequest | None:
    return _first(rows, (requests.c.repo_key == repo_key) & (requests.c.id == request_id))


def list_with(
    rows: Connection, repo_key: str, status: AccessStatus | None, *, after: Position | None, limit: int
) -> list[AccessRequest]:
    """Those with `status` (None: all), the newest first."""
    position = sa.tuple_(requests.c.asked_at, requests.c.id)
    statement = sa.select(requests).where(requests.c.repo_key == repo_key)
    if status is not None:
        statement = statement.where(requests.c.status == status)
    if after is not None:
        literals = [sa.literal(after[0], requests.c.asked_at.type), sa.literal(after[1])]
        statement = statement.where(position < sa.tuple_(*literals))
    statement = statement.order_by(requests.c.asked_at.desc(), requests.c.id.desc()).limit(limit)
    return [_record(row) for row in rows.execute(statement).mappings()]


def count_by_status(rows: Connection, repo_key: str) -> Mapping[AccessStatus, int]:
    statement = (
        sa.select(requests.c.status, sa.func.count())
        .where(requests.c.repo_key == repo_key)
        .group_by(requests.c.status)
    )
    counted: dict[AccessStatus, int] = {row[0]: row[1] for row in rows.execute(statement)}
    return {status: counted.get(status, 0) for status in STATUSES}


def insert(rows: Connection, request: AccessRequest) -> bool:
    """Whether the request was added: a person has one per repo, and somebody may have been faster."""
    fields = {column.name: getattr(request, column.name) for column in requests.c}
    fields["answers"] = dict(request.answers)
    done = rows.execute(insert_into(rows, requests).on_conflict_do_nothing().values(**fields))
    return bool(done.rowcount)


def change(rows: Connection, request: AccessRequest, **values: Any) -> bool:
    """Whether it was changed: not if another answer came first."""
    as_seen = (requests.c.id == request.id) & (requests.c.status == request.status)
    return bool(rows.execute(requests.update().where(as_seen).values(**values)).rowcount)


def _first(rows: Connection, condition: sa.ColumnElement[bool]) -> AccessRequest | None:
    row = rows.execute(sa.select(requests).where(condition)).mappings().first()
    return _record(row) if row else None


def _record(row: RowMapping) -> AccessRequest:
    return AccessRequest(**{**row, "answers": row["answers"] or {}})
