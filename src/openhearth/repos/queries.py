"""All SQL about repos. Functions over a Connection; nothing here decides who may see what."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from openhearth.db import insert_into
from openhearth.kit.names import RepoRef
from openhearth.repos import trending
from openhearth.repos.records import Facts, LargeFile, Listed, Repo
from openhearth.repos.tables import (
    FACT_COLUMNS,
    JOINED,
    REPO_COLUMNS,
    repo_facts,
    repo_large_files,
    repo_redirects,
    repo_tags,
    repos,
)  # fmt: skip


def address_of(ref: RepoRef) -> str:
    """The key that names are unique by: without regard to case, as people type them."""
    return f"{ref.plural}/{ref.id}".lower()


def read_repo(row: Row[Any]) -> Repo:
    """The repo in a row that holds REPO_COLUMNS."""
    return Repo(
        key=row.key, ref=RepoRef(row.type, row.namespace, row.name), visibility=row.visibility,
        gated=row.gated, sdk=row.sdk, creator_id=row.creator_id, created_at=row.created_at,
        last_modified=row.last_modified,
        downloads=row.downloads, downloads_all_time=row.downloads_all_time, likes=row.likes, trending=row.trending,
    )  # fmt: skip


def _facts(row: Row[Any]) -> Facts:
    if row.commit is None:
        return Facts()
    return Facts(**{column.name: getattr(row, column.name) for column in FACT_COLUMNS})


_BY_ADDRESS = sa.select(*REPO_COLUMNS).where(repos.c.address == sa.bindparam("address"))
_BY_OLD_ADDRESS = (
    sa.select(*REPO_COLUMNS)
    .join(repo_redirects, repo_redirects.c.repo_key == repos.c.key)
    .where(repo_redirects.c.address == sa.bindparam("address"))
)


def find_repo(connection: Connection, ref: RepoRef) -> Repo | None:
    """The repo at `ref`, or the one that moved away from there."""
    address = {"address": address_of(ref)}
    row = (
        connection.execute(_BY_ADDRESS, address).first()
        or connection.execute(_BY_OLD_ADDRESS, address).first()
    )
    return read_repo(row) if row else None


def find_repo_by_key(connection: Connection, key: str) -> Repo | None:
    row = connection.execute(sa.select(*REPO_COLUMNS).where(repos.c.key == key)).first()
    return read_repo(row) if row else None


def insert_repo(connection: Connection, repo: Repo) -> None:
    """A new repo takes its address, also from one that moved away."""
    connection.execute(sa.delete(repo_redirects).where(repo_redirects.c.address == address_of(repo.ref)))
    connection.execute(
        sa.insert(repos).values(
            key=repo.key, type=repo.ref.type, namespace=repo.ref.namespace, name=repo.ref.name,
            address=address_of(repo.ref), visibility=repo.visibility, gated=repo.gated, sdk=repo.sdk,
            creator_id=repo.creator_id, created_at=repo.created_at, last_modified=repo.last_modified,
            trending=trending.warmed(0, trending.CREATED, repo.created_at),
        )
    )  # fmt: skip


def move_repo(connection: Connection, key: str, old: RepoRef, new: RepoRef) -> None:
    """Change the address and leave a redirect where it was."""
    leaving, taking = address_of(old), address_of(new)
    connection.execute(sa.delete(repo_redirects).where(repo_redirects.c.address == taking))
    connection.execute(
        sa.update(repos)
        .where(repos.c.key == key)
        .values(namespace=new.namespace, name=new.name, address=taking)
    )
    if leaving != taking:
        connection.execute(sa.insert(repo_redirects).values(address=leaving, repo_key=key))


def delete_repo(connection: Connection, key: str) -> None:
    connection.execute(sa.delete(repos).where(repos.c.key == key))


def change_settings(connection: Connection, key: str, **changes: object) -> None:
    connection.execute(sa.update(repos).where(repos.c.key == key).values(**changes))


def touch(connection: Connection, key: str, *, last_modified: datetime, sdk: str | None) -> None:
    values = {"last_modified": last_modified, "sdk": sdk}
    connection.execute(sa.update(repos).where(repos.c.key == key).values(values))


_FACTS_OF = sa.select(*FACT_COLUMNS).where(repo_facts.c.repo_key == sa.bindparam("key"))


def find_facts(connection: Connection, key: str) -> Facts:
    """The facts of a repo; empty ones if none were read yet."""
    row = connection.execute(_FACTS_OF, {"key": key}).first()
    return _facts(row) if row else Facts()


def replace_facts(connection: Connection, key: str, facts: Facts) -> None:
    connection.execute(sa.delete(repo_facts).where(repo_facts.c.repo_key == key))
    connection.execute(sa.delete(repo_tags).where(repo_tags.c.repo_key == key))
    values = {column.name: getattr(facts, column.name) for column in FACT_COLUMNS}
    connection.execute(sa.insert(repo_facts).values(repo_key=key, **values))
    if facts.tags:
        connection.execute(sa.insert(repo_tags), [{"repo_key": key, "tag": tag} for tag in facts.tags])


def list_repos(connection: Connection, statement: sa.Select[Any]) -> list[Listed]:
    """Run a statement made by `listing.select_listed`."""
    return [Listed(read_repo(row), _facts(row)) for row in connection.execute(statement)]


def list_by_keys(
    connection: Connection, keys: Collection[str], readable: sa.ColumnElement[bool]
) -> list[Listed]:
    statement = sa.select(*REPO_COLUMNS, *FACT_COLUMNS).select_from(JOINED).where(repos.c.key.in_(keys))
    return list_repos(connection, statement.where(readable))


def count_repos(connection: Connection, conditions: Sequence[sa.ColumnElement[bool]]) -> int:
    statement = sa.select(sa.func.count()).select_from(JOINED).where(*conditions)
    return connection.execute(statement).scalar_one()


def count_tags(
    connection: Connection, conditions: Sequence[sa.ColumnElement[bool]], limit: int
) -> list[tuple[str, int]]:
    """Tags with the number of those repos that carry them, most used first."""
    uses = sa.func.count().label("uses")
    # An alias: conditions may ask `repo_tags` themselves whether a repo has some tag.
    carried = repo_tags.alias("carried")
    statement = (
        sa.select(carried.c.tag, uses)
        .select_from(JOINED.join(carried, carried.c.repo_key == repos.c.key))
        .where(*conditions)
        .group_by(carried.c.tag)
        .order_by(uses.desc(), carried.c.tag)
        .limit(limit)
    )
    return [(row.tag, row.uses) for row in connection.execute(statement)]


def count_tasks(connection: Connection, conditions: Sequence[sa.ColumnElement[bool]]) -> dict[str, int]:
    task = repo_facts.c.pipeline_tag
    statement = sa.select(task, sa.func.count()).select_from(JOINED).where(*conditions, task.is_not(None))
    return {str(row[0]): row[1] for row in connection.execute(statement.group_by(task))}


def list_keys(connection: Connection) -> list[str]:
    return list(connection.execute(sa.select(repos.c.key).order_by(repos.c.key)).scalars())


def add_large_files(connection: Connection, key: str, files: Iterable[LargeFile]) -> None:
    """Remember large files; those known already keep their first path and date."""
    rows = [
        {
            "repo_key": key,
            "sha256": f.sha256,
            "path": f.path,
            "size_bytes": f.size_bytes,
            "pushed_at": f.pushed_at,
        }
        for f in files
    ]
    if not rows:
        return
    connection.execute(insert_into(connection, repo_large_files).on_conflict_do_nothing(), rows)


def copy_large_files(connection: Connection, source_key: str, target_key: str) -> None:
    """Let the target remember the large files of the source, with their dates."""
    known = repo_large_files.alias("known")
    t = repo_large_files.c
    missing = t.sha256.not_in(sa.select(known.c.sha256).where(known.c.repo_key == target_key))
    copied = sa.select(sa.literal(target_key), t.sha256, t.path, t.size_bytes, t.pushed_at).where(
        t.repo_key == source_key, missing
    )
    columns = ("repo_key", "sha256", "path", "size_bytes", "pushed_at")
    connection.execute(sa.insert(repo_large_files).from_select(columns, copied))


def list_known_large_files(connection: Connection, key: str, sha256s: Collection[str]) -> set[str]:
    """Those of `sha256s` (at most a thousand) that the repo committed."""
    t = repo_large_files.c
    known = sa.select(t.sha256).where(t.repo_key == key, t.sha256.in_(list(sha256s)))
    return set(connection.execute(known).scalars())


def delete_large_files(connection: Connection, key: str, sha256s: Collection[str]) -> None:
    t = repo_large_files.c
    connection.execute(sa.delete(repo_large_files).where(t.repo_key == key, t.sha256.in_(list(sha256s))))


def list_large_files(connection: Connection, key: str, *, after: str, limit: int) -> list[LargeFile]:
    t = repo_large_files.c
    statement = sa.select(t.sha256, t.path, t.size_bytes, t.pushed_at).where(
        t.repo_key == key, t.sha256 > after
    )
    return [LargeFile(*row) for row in connection.execute(statement.order_by(t.sha256).limit(limit))]


def sum_large_files(connection: Connection, key: str) -> int:
    total = sa.func.coalesce(sa.func.sum(repo_large_files.c.size_bytes), 0)
    return int(connection.execute(sa.select(total).where(repo_large_files.c.repo_key == key)).scalar_one())
