"""SQL about what repos have to do with each other."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.repos.tables import repo_facts, repo_links, repo_tags, repos


def find_keys(
    connection: Connection, repo_type: str, ids: Collection[str], readable: sa.ColumnElement[bool]
) -> dict[str, str]:
    """Lower-case id → key, of those that are there and `readable`."""
    addresses = [f"{repo_type}s/{repo_id}".lower() for repo_id in ids]
    found = connection.execute(
        sa.select(repos.c.address, repos.c.key).where(repos.c.address.in_(addresses), readable)
    )
    return {row.address.partition("/")[2]: row.key for row in found}


def count_tagged(
    connection: Connection, tags: Collection[str], readable: sa.ColumnElement[bool]
) -> dict[str, int]:
    """Tag → number of `readable` models that carry it."""
    statement = (
        sa.select(repo_tags.c.tag, sa.func.count())
        .join(repos, repos.c.key == repo_tags.c.repo_key)
        .where(repo_tags.c.tag.in_(tags), repos.c.type == "model", readable)
        .group_by(repo_tags.c.tag)
    )
    return {str(row[0]): row[1] for row in connection.execute(statement)}


def list_linking(
    connection: Connection, target_type: str, target_id: str, readable: sa.ColumnElement[bool], *, limit: int
) -> list[str]:
    """Ids of the `readable` repos that say they use a target."""
    statement = (
        sa.select(repos.c.namespace, repos.c.name)
        .join(repo_links, repo_links.c.repo_key == repos.c.key)
        .where(repo_links.c.type == target_type, repo_links.c.target_key == target_id.lower(), readable)
        .order_by(repos.c.likes.desc(), repos.c.key)
        .limit(limit)
    )
    return [f"{row.namespace}/{row.name}" for row in connection.execute(statement)]


def list_citations(
    connection: Connection, prefix: str, words: Sequence[str], readable: sa.ColumnElement[bool], limit: int
) -> dict[str, list[str | None]]:
    """What tags with `prefix` name → the citations of `readable` repos, most liked first; each word is in tag or citation."""
    tag, citation = repo_tags.c.tag, repo_facts.c.citation
    text = tag + " " + sa.func.lower(sa.func.coalesce(citation, ""))
    statement = (
        sa.select(tag, citation)
        .join(repos, repos.c.key == repo_tags.c.repo_key)
        .outerjoin(repo_facts, repo_facts.c.repo_key == repos.c.key)
        .where(tag.startswith(prefix, autoescape=True), readable)
        .where(*(text.contains(word, autoescape=True) for word in words))
        .order_by(repos.c.likes.desc(), tag.desc())
        .limit(limit)
    )
    if (
        connection.dialect.name == "sqlite"
    ):  # its LIKE asks no index; elsewhere, texts are not in the order of their bytes
        statement = statement.where(tag >= prefix, tag < prefix[:-1] + chr(ord(prefix[-1]) + 1))
    found: dict[str, list[str | None]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.tag.removeprefix(prefix), []).append(row.citation)
    return found


def replace_links(connection: Connection, key: str, links: Sequence[tuple[str, str]]) -> None:
    """Make the links of a repo these: (type, id) of what it uses."""
    connection.execute(sa.delete(repo_links).where(repo_links.c.repo_key == key))
    targets = sorted({(kind, target.lower()[:200]) for kind, target in links})
    if targets:
        connection.execute(
            sa.insert(repo_links), [{"repo_key": key, "type": k, "target_key": t} for k, t in targets]
        )


def links_to(kind: str, ids: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether a repo of a list says that it uses one of `ids`; any of that kind without."""
    named = [repo_links.c.target_key.in_([repo_id.lower() for repo_id in ids])] if ids else []
    return sa.exists().where(repo_links.c.repo_key == repos.c.key, repo_links.c.type == kind, *named)
