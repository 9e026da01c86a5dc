"""SQL about downloads: a row for each repo and day, and the numbers in `repos` that follow from them."""

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.db import insert_into
from openhearth.repos import trending
from openhearth.repos.tables import repo_downloads, repos


def add_downloads(connection: Connection, counts: Iterable[tuple[str, int]], at: datetime) -> None:
    """Count downloads of the day `at`. Repos that are gone by now are left out."""
    for key, count in sorted(counts):
        heat = _lock_heat(connection, key)
        if heat is None:
            continue
        insert = insert_into(connection, repo_downloads).values(
            repo_key=key, day=at.date(), count=count, is_recent=True
        )
        added = {"count": repo_downloads.c.count + insert.excluded["count"]}
        connection.execute(insert.on_conflict_do_update(index_elements=["repo_key", "day"], set_=added))
        connection.execute(
            sa.update(repos)
            .where(repos.c.key == key)
            .values(
                downloads=repos.c.downloads + count,
                downloads_all_time=repos.c.downloads_all_time + count,
                trending=trending.warmed(heat, trending.DOWNLOAD * count, at),
            )
        )


def let_go(connection: Connection, before: date) -> int:
    """Take the days before `before` out of the recent numbers, each once; gives how many rows that were."""
    t = repo_downloads.c
    old = sa.select(t.repo_key, t.day, t.count).where(t.is_recent, t.day < before).order_by(t.repo_key)
    rows = connection.execute(old.with_for_update()).all()
    for row in rows:
        less = repos.c.downloads - row[2]
        connection.execute(sa.update(repos).where(repos.c.key == row.repo_key).values(downloads=less))
        this = (t.repo_key == row.repo_key, t.day == row.day)
        connection.execute(sa.update(repo_downloads).where(*this).values(is_recent=False))
    return len(rows)


def list_days(connection: Connection, key: str) -> list[tuple[date, int]]:
    """The days a repo was downloaded on, with how often, the newest first."""
    t = repo_downloads.c
    found = connection.execute(sa.select(t.day, t.count).where(t.repo_key == key).order_by(t.day.desc()))
    return [(day, count) for day, count in found]


def warm(connection: Connection, key: str, weight: float, at: datetime) -> None:
    """Add an event to the heat of a repo; one of negative weight undoes that of the same moment."""
    heat = _lock_heat(connection, key)
    if heat is not None:
        changed = trending.warmed(heat, weight, at) if weight > 0 else trending.cooled(heat, -weight, at)
        connection.execute(sa.update(repos).where(repos.c.key == key).values(trending=changed))


def _lock_heat(connection: Connection, key: str) -> int | None:
    """The heat of a repo, whose row nobody else changes until the transaction ends."""
    statement = sa.select(repos.c.trending).where(repos.c.key == key).with_for_update()
    return connection.execute(statement).scalar_one_or_none()
