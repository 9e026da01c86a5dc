"""All SQL about what people entered of papers."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.papers.records import Paper
from openhearth.papers.tables import papers


def find_paper(connection: Connection, paper_id: str) -> Paper | None:
    found = list_by_ids(connection, [paper_id])
    return found[0] if found else None


def list_by_ids(connection: Connection, ids: Collection[str]) -> list[Paper]:
    return _list(connection, sa.select(papers).where(papers.c.id.in_(ids)))


def search(connection: Connection, words: Sequence[str], limit: int) -> list[Paper]:
    """Papers whose title, summary or id holds every word, the newest first."""
    text = sa.func.lower(papers.c.title + " " + papers.c.summary + " " + papers.c.id)
    has_all = [text.contains(word, autoescape=True) for word in words]
    return _list(
        connection, sa.select(papers).where(*has_all).order_by(papers.c.submitted_at.desc()).limit(limit)
    )


def list_submitted(
    connection: Connection,
    since: datetime | None,
    until: datetime | None,
    by: str | None,
    *,
    skip: int,
    limit: int,
) -> list[Paper]:
    """What was submitted in a span of time, the newest first."""
    statement = sa.select(papers).order_by(papers.c.submitted_at.desc(), papers.c.id)
    if since is not None:
        statement = statement.where(papers.c.submitted_at >= since)
    if until is not None:
        statement = statement.where(papers.c.submitted_at < until)
    if by is not None:
        statement = statement.where(papers.c.submitted_by == by)
    return _list(connection, statement.offset(skip).limit(limit))


def insert_paper(connection: Connection, paper: Paper) -> None:
    """Raises Duplicate, at the end of the transaction, if somebody was quicker."""
    connection.execute(
        sa.insert(papers).values(
            id=paper.id, title=paper.title, authors=list(paper.authors), summary=paper.summary,
            submitted_at=paper.submitted_at, submitted_by=paper.submitted_by,
        )
    )  # fmt: skip


def update_paper(connection: Connection, paper: Paper) -> None:
    values = {"title": paper.title, "authors": list(paper.authors), "summary": paper.summary}
    connection.execute(sa.update(papers).where(papers.c.id == paper.id).values(**values))


def _list(connection: Connection, statement: sa.Select[tuple[object]]) -> list[Paper]:
    return [Paper(**row._mapping) for row in connection.execute(statement)]
