"""SQL about likes: their rows, and the numbers in `repos` that follow from them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.db import insert_into
from openhearth.kit.names import RepoRef
from openhearth.repos import download_queries, trending
from openhearth.repos.records import Like
from openhearth.repos.tables import repo_likes, repos


def insert_like(connection: Connection, key: str, user_id: str, at: datetime) -> None:
    """Add a like; a second one of the same person changes nothing."""
    statement = insert_into(connection, repo_likes).on_conflict_do_nothing()
    added = connection.execute(statement.values(repo_key=key, user_id=user_id, at=at))
    if added.rowcount == 1:
        download_queries.warm(connection, key, trending.LIKE, at)


def delete_like(connection: Connection, key: str, user_id: str) -> None:
    mine = (repo_likes.c.repo_key == key) & (repo_likes.c.user_id == user_id)
    at = connection.execute(sa.select(repo_likes.c.at).where(mine)).scalar_one_or_none()
    if at is not None and connection.execute(sa.delete(repo_likes).where(mine)).rowcount == 1:
        download_queries.warm(connection, key, -trending.LIKE, at)


def count_again(connection: Connection, key: str) -> int:
    """Make the number of likes of a repo that of its rows; gives it."""
    statement = sa.select(sa.func.count()).where(repo_likes.c.repo_key == key)
    likes = connection.execute(statement).scalar_one()
    connection.execute(sa.update(repos).where(repos.c.key == key).values(likes=likes))
    return likes


def has_like(connection: Connection, key: str, user_id: str) -> bool:
    mine = (repo_likes.c.repo_key == key) & (repo_likes.c.user_id == user_id)
    return connection.execute(sa.select(repo_likes.c.at).where(mine)).first() is not None


def list_of_user(
    connection: Connection,
    user_id: str,
    readable: sa.ColumnElement[bool],
    *,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[Like]:
    """What somebody likes of the repos that are `readable`, liked last first, from before a position."""
    at, key = repo_likes.c.at, repo_likes.c.repo_key
    statement = _LIKES.where(repo_likes.c.user_id == user_id, readable)
    if before is not None:
        position = sa.tuple_(sa.literal(before[0], at.type), sa.literal(before[1]))
        statement = statement.where(sa.tuple_(at, key) < position)
    return _list(connection, statement.order_by(at.desc(), key.desc()).limit(limit))


def count_of_user(connection: Connection, user_id: str, readable: sa.ColumnElement[bool]) -> int:
    joined = repo_likes.join(repos, repos.c.key == repo_likes.c.repo_key)
    statement = (
        sa.select(sa.func.count()).select_from(joined).where(repo_likes.c.user_id == user_id, readable)
    )
    return connection.execute(statement).scalar_one()


def list_of_repo(connection: Connection, key: str, *, after: str, limit: int) -> list[Like]:
    """Who likes a repo, in order of their ids."""
    its = (repo_likes.c.repo_key == key) & (repo_likes.c.user_id > after)
    return _list(connection, _LIKES.where(its).order_by(repo_likes.c.user_id).limit(limit))


_LIKES = sa.select(
    repo_likes.c.user_id, repos.c.key, repos.c.type, repos.c.namespace, repos.c.name, repo_likes.c.at
).join(repos, repos.c.key == repo_likes.c.repo_key)


def _list(connection: Connection, statement: sa.Select[Any]) -> list[Like]:
    return [
        Like(row.user_id, row.key, RepoRef(row.type, row.namespace, row.name), row.at)
        for row in connection.execute(statement)
    ]
