"""Lists of repos: a filter and a reader become one SQL statement, paged by position (never by offset)."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from openhearth.access import Action, Actor
from openhearth.errors import Invalid
from openhearth.kit.cursors import decode_cursor, encode_cursor
from openhearth.repos.records import Repo, RepoFilter, SortKey
from openhearth.repos.relation_queries import links_to
from openhearth.repos.tables import FACT_COLUMNS, JOINED, REPO_COLUMNS, repo_facts, repo_tags, repos

_SORT_COLUMNS: dict[SortKey, sa.Column[Any]] = {
    "trendingScore": repos.c.trending,
    "likes": repos.c.likes,
    "downloads": repos.c.downloads,
    "createdAt": repos.c.created_at,
    "lastModified": repos.c.last_modified,
}
SORT_KEYS = tuple(_SORT_COLUMNS)
SEARCH_WORDS_MAX = 8


def readable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Which repos `actor` may know of: `access.decide(actor, READ, …)`, as SQL."""
    public = repos.c.visibility == "public"
    if actor.is_anonymous:
        return public
    limits = actor.token
    if limits is None or limits.scope != "fineGrained":
        return sa.true() if actor.is_site_admin else public | repos.c.namespace.in_(_namespaces_of(actor))
    granted = [name for name, action in limits.namespaces.items() if action >= Action.READ]
    addresses = [address.lower() for address, action in limits.repos.items() if action >= Action.READ]
    allowed = repos.c.namespace.in_(granted) | repos.c.address.in_(addresses)
    own = sa.true() if actor.is_site_admin else repos.c.namespace.in_(_namespaces_of(actor))
    return public | (own & allowed)


def _namespaces_of(actor: Actor) -> list[str]:
    return [*actor.roles, *([actor.name] if actor.name else [])]


def conditions_of(actor: Actor, wanted: RepoFilter) -> list[sa.ColumnElement[bool]]:
    """Everything that must hold for a repo to be listed."""
    found: list[sa.ColumnElement[bool]] = [repos.c.type == wanted.type, readable_by(actor)]
    # The address begins with the type, so a word is looked for after it.
    words = wanted.search.lower().split()[:SEARCH_WORDS_MAX]
    found += [
        sa.func.substr(repos.c.address, len(wanted.type) + 3).contains(w, autoescape=True) for w in words
    ]
    if wanted.author is not None:
        found.append(sa.func.lower(repos.c.namespace) == wanted.author.lower())
    found += [_has_tag(tag) for tag in wanted.tags]
    if wanted.pipeline_tag is not None:
        found.append(repo_facts.c.pipeline_tag == wanted.pipeline_tag)
    found += [_has_tag(*group) for group in wanted.any_of_tags]
    if wanted.pipeline_tags is not None:
        found.append(repo_facts.c.pipeline_tag.in_(wanted.pipeline_tags))
    found += [links_to(kind, ids) for kind, ids in wanted.links.items()]
    if wanted.is_linked:
        found.append(links_to("model", ()) | links_to("dataset", ()))
    if wanted.gated is not None:
        found.append(repos.c.gated.is_not(None) if wanted.gated else repos.c.gated.is_(None))
    if wanted.least_parameters is not None:
        found.append(repo_facts.c.parameters >= wanted.least_parameters)
    if wanted.most_parameters is not None:
        found.append(repo_facts.c.parameters <= wanted.most_parameters)
    return found


def _has_tag(*tags: str) -> sa.ColumnElement[bool]:
    """Whether a repo carries one of `tags`."""
    return sa.exists().where(repo_tags.c.repo_key == repos.c.key, repo_tags.c.tag.in_(tags))


def select_listed(actor: Actor, wanted: RepoFilter, *, limit: int, cursor: str | None) -> sa.Select[Any]:
    """One page, and one row more to tell whether another follows. Raises Invalid for a strange cursor."""
    column = _SORT_COLUMNS[wanted.sort]
    statement = (
        sa.select(*REPO_COLUMNS, *FACT_COLUMNS)
        .select_from(JOINED)
        .where(*conditions_of(actor, wanted))
        .limit(limit + 1)
    )
    position = sa.tuple_(column, repos.c.key)
    if cursor is not None:
        value, key = decode_cursor(cursor, 2)
        after = sa.tuple_(*_literals(column, value, key))
        statement = statement.where(position > after if wanted.ascending else position < after)
    if wanted.ascending:
        return statement.order_by(column, repos.c.key)
    return statement.order_by(column.desc(), repos.c.key.desc())


def _literals(column: sa.Column[Any], value: object, key: object) -> list[sa.ColumnElement[Any]]:
    if column.name in ("created_at", "last_modified") and isinstance(value, int):
        seconds, microseconds = divmod(value, 1_000_000)
        value = datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
    if not isinstance(value, int | datetime) or not isinstance(key, str):
        raise Invalid("cursor: is not one of this list; follow the Link header instead.")
    return [sa.literal(value, column.type), sa.literal(key)]


def cursor_after(repo: Repo, wanted: RepoFilter) -> str:
    """The cursor that asks for what follows `repo`."""
    moment = {"createdAt": repo.created_at, "lastModified": repo.last_modified}.get(wanted.sort)
    if moment is not None:
        return encode_cursor(int(moment.timestamp()) * 1_000_000 + moment.microsecond, repo.key)
    number = {"likes": repo.likes, "downloads": repo.downloads}.get(wanted.sort, repo.trending)
    return encode_cursor(number, repo.key)
