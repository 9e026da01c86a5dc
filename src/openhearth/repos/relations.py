"""What a repo has to do with others of this hub: its base, what was made of it, the Spaces that use it.

Everything is asked as somebody: a repo they may not see is neither named nor counted.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from openhearth.access import NOBODY, Actor
from openhearth.db import Database, Unchanged
from openhearth.repos import relation_queries
from openhearth.repos.listing import readable_by
from openhearth.repos.records import Facts, Repo

SPACES_MAX = 100
RELATIONS = ("adapter", "finetune", "merge", "quantized")
Json = dict[str, Any]


class Relations:
    def __init__(self, *, db: Database) -> None:
        self._db = db
        self._spaces: Unchanged[str, tuple[str, ...]] = Unchanged(db)

    def of(self, actor: Actor, repo: Repo, facts: Facts) -> "Related":
        return Related(self._db, readable_by(actor), repo, facts)

    def public_spaces(self, repo: Repo) -> tuple[str, ...]:
        """The public Spaces that use a repo: part of what is shown of every model, so remembered."""
        look = Related(self._db, readable_by(NOBODY), repo, Facts())
        return self._spaces.find(repo.key, lambda: tuple(look.spaces()))


@dataclass(frozen=True)
class Related:
    """The relations of one repo, for one reader; looked up when they are shown."""

    db: Database
    readable: sa.ColumnElement[bool]
    repo: Repo
    facts: Facts

    def base_models(self) -> Json | None:
        """`relation` and `models`; a base that cannot be seen here has a name and no `_id`."""
        tags = [tag.removeprefix("base_model:") for tag in self.facts.tags if tag.startswith("base_model:")]
        relation = next((r for tag in tags for r in RELATIONS if tag.startswith(f"{r}:")), None)
        ids = [tag for tag in tags if not tag.startswith(tuple(f"{r}:" for r in RELATIONS))]
        if not ids or relation is None:
            return None
        with self.db.read() as rows:
            keys = relation_queries.find_keys(rows, "model", ids, self.readable)
        models = [{"_id": keys[i.lower()], "id": i} if i.lower() in keys else {"id": i} for i in ids]
        return {"relation": relation, "models": models}

    def children_count(self) -> dict[str, int]:
        """How many models were made of this one, by the way they were."""
        wanted = {f"base_model:{relation}:{self.repo.id}": relation for relation in RELATIONS}
        with self.db.read() as rows:
            counted = relation_queries.count_tagged(rows, list(wanted), self.readable)
        return {relation: counted.get(tag, 0) for tag, relation in wanted.items()}

    def spaces(self) -> list[str]:
        """The Spaces that use it, most liked first."""
        with self.db.read() as rows:
            return relation_queries.list_linking(
                rows, self.repo.ref.type, self.repo.id, self.readable, limit=SPACES_MAX
            )
