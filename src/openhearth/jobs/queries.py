"""All SQL about jobs. Whoever holds a lease is its worker: every later statement names it, so that a late one changes nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from openhearth.jobs.records import Job
from openhearth.jobs.tables import jobs

_COLUMNS = [column for column in jobs.c if column.name != "leased_by"]


def _job(row: Row[Any]) -> Job:
    return Job(**row._mapping)


def insert_job(connection: Connection, job: Job) -> None:
    connection.execute(
        sa.insert(jobs).values({column.name: getattr(job, column.name) for column in _COLUMNS})
    )


def _is_unleased(now: datetime) -> sa.ColumnElement[bool]:
    return jobs.c.leased_until.is_(None) | (jobs.c.leased_until < now)


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    return (jobs.c.due_at <= now) & _is_unleased(now) & (jobs.c.attempts < jobs.c.attempts_max)


def list_due(connection: Connection, *, kinds: Collection[str], now: datetime, limit: int) -> list[Job]:
    statement = sa.select(*_COLUMNS).where(_is_free(now), jobs.c.kind.in_(kinds))
    return [
        _job(row) for row in connection.execute(statement.order_by(jobs.c.due_at, jobs.c.id).limit(limit))
    ]


def claim(connection: Connection, job_id: str, worker: str, *, now: datetime, until: datetime) -> bool:
    """Lease a free job: of several workers at once, one is told True."""
    changed = connection.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id, _is_free(now))
        .values(leased_until=until, leased_by=worker, attempts=jobs.c.attempts + 1)
    )
    return changed.rowcount == 1


def renew(connection: Connection, job_ids: Collection[str], worker: str, until: datetime) -> None:
    held = (jobs.c.id.in_(job_ids), jobs.c.leased_by == worker)
    connection.execute(sa.update(jobs).where(*held).values(leased_until=until))


def delete_held(connection: Connection, job_id: str, worker: str) -> None:
    connection.execute(sa.delete(jobs).where(jobs.c.id == job_id, jobs.c.leased_by == worker))


def release(connection: Connection, job_id: str, worker: str, *, due_at: datetime | None, error: str) -> None:
    """Give a job back for another try at `due_at`, or for good (None)."""
    connection.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id, jobs.c.leased_by == worker)
        .values(due_at=due_at, error=error, leased_until=None, leased_by=None)
    )


def give_up_exhausted(connection: Connection, *, now: datetime, error: str) -> None:
    """Jobs whose last try ended without a word, as when the process was killed."""
    spent = (jobs.c.due_at.is_not(None), _is_unleased(now), jobs.c.attempts >= jobs.c.attempts_max)
    connection.execute(
        sa.update(jobs).where(*spent).values(due_at=None, error=error, leased_until=None, leased_by=None)
    )


def delete_given_up(connection: Connection, *, before: datetime) -> None:
    connection.execute(sa.delete(jobs).where(jobs.c.due_at.is_(None), jobs.c.created_at < before))


def list_jobs(connection: Connection, *, limit: int) -> Sequence[Job]:
    """What is due first stands first; what was given up stands last."""
    order = (jobs.c.due_at.is_(None), jobs.c.due_at, jobs.c.id)
    return [_job(row) for row in connection.execute(sa.select(*_COLUMNS).order_by(*order).limit(limit))]
