"""How much each repo of a namespace stores, largest first: what `hf repos list` prints.

Sizes are those of `usedStorage`: the large files a repo ever committed, each counted once, and its small ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.access import Actor
from openhearth.db import Database
from openhearth.errors import Invalid
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.repos.listing import readable_by
from openhearth.repos.queries import read_repo
from openhearth.repos.records import Repo
from openhearth.repos.tables import JOINED, REPO_COLUMNS, repo_facts, repos

_USED = sa.func.coalesce(repo_facts.c.used_storage_bytes, 0)


@dataclass(frozen=True)
class StorageUse:
    repo: Repo
    size_bytes: int
    share: float  # of what the namespace stores, 0 to 1


class StorageUses:
    def __init__(self, *, db: Database) -> None:
        self._db = db

    def list_uses(
        self, actor: Actor, namespace: str, *, limit: int, cursor: str | None = None
    ) -> Page[StorageUse]:
        """The repos of `namespace` that `actor` may see. Whether they may ask is the caller's to check."""
        held = (sa.func.lower(repos.c.namespace) == namespace.lower(), readable_by(actor))
        with self._db.read() as rows:
            total = int(rows.scalar(sa.select(sa.func.sum(_USED)).select_from(JOINED).where(*held)) or 0)
            found = _list_largest(rows, held, limit + 1, cursor)
        uses = [StorageUse(repo, size, size / total if total else 0.0) for repo, size in found[:limit]]
        more = encode_cursor(uses[-1].size_bytes, uses[-1].repo.key) if len(found) > limit else None
        return Page(uses, more)


def _list_largest(
    rows: Connection, held: Sequence[sa.ColumnElement[bool]], limit: int, cursor: str | None
) -> list[tuple[Repo, int]]:
    statement: sa.Select[Any] = (
        sa.select(*REPO_COLUMNS, _USED.label("used")).select_from(JOINED).where(*held).limit(limit)
    )
    position = sa.tuple_(_USED, repos.c.key)
    if cursor is not None:
        size, key = decode_cursor(cursor, 2)
        if not isinstance(size, int) or not isinstance(key, str):
            raise Invalid("cursor: is not one of this list; follow the Link header instead.")
        statement = statement.where(position < sa.tuple_(sa.literal(size), sa.literal(key)))
    found = rows.execute(statement.order_by(_USED.desc(), repos.c.key.desc()))
    return [(read_repo(row), int(row.used)) for row in found]
