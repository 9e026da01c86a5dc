"""Runs over columns on a real hub, with a model that knows words instead of one that needs seconds to load."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from openhearth.access import Actor
from openhearth.columns import Columns, RunSpec
from openhearth.columns.records import ColumnRun
from openhearth.columns.service import KIND
from openhearth.columns.work import Worker
from openhearth.errors import EngineFailed, Invalid, RepoNotFound
from openhearth.inference import RowInput
from openhearth.kit.names import RepoRef
from openhearth.repos import Repo
from tests.repos_pages.conftest import Site, site

__all__ = ["site"]

REVIEWS = 'text,stars\n"I love it",5\nI hate it,1\n,3\n"What a love\nly day",4\nboom,2\n'


@dataclass
class Judge:
    """A model that finds love and hate, and breaks at what begins with `boom` (implements columns.work.Model)."""

    commit: str
    asked: list[RowInput] = field(default_factory=list)
    between: Callable[[], None] | None = None

    def ask(self, rows: Sequence[RowInput], parameters: Mapping[str, Any]) -> list[Any]:
        self.asked += rows
        answers = [self._answer(row, parameters) for row in rows]
        if self.between:
            self.between()
        return answers

    def _answer(self, row: RowInput, parameters: Mapping[str, Any]) -> Any:
        text = row.payload.decode() if row.payload else str(row.inputs)
        if text.startswith("boom"):
            return Invalid("inputs: the text is of no language.")
        if text.startswith("crash"):
            return EngineFailed("The model's process ended.")
        labels = parameters.get("candidate_labels", ["glad", "cross"])
        return [[{"label": labels[0] if "love" in text else labels[1], "score": 0.9}]]


@dataclass
class Judges:
    """Opens the judge for whoever may read the repo (implements columns.work.Models)."""

    site: Site
    judge: Judge = field(default_factory=lambda: Judge("c" * 40))
    opened: int = 0

    def open(self, actor: Actor, repo_id: str, *, task: str, run_id: str = "") -> Judge:
        self.site.hub.repos.catalogue.get(actor, RepoRef("model", *repo_id.split("/")))
        self.opened += 1
        return self.judge


@dataclass
class Desk:
    """The room as ada uses it, with a reviews dataset and a model of hers."""

    site: Site
    columns: Columns
    models: Judges
    model: Repo
    dataset: Repo
    actors: Mapping[str, Actor]

    def start(self, who: str = "ada", **more: Any) -> ColumnRun:
        asked = {
            "model": self.model.ref, "task": "sentiment-analysis", "dataset": self.dataset.ref, "path": "reviews.csv",
            "column": "text", **more,
        }  # fmt: skip
        return self.columns.start(self.actors[who], RunSpec(**asked))

    def work(self, run: ColumnRun) -> ColumnRun:
        """Let the queue do all that is due."""
        self.site.hub.queue.run_due()
        return self.columns.get(self.actors["ada"], run.id)

    def answers(self, run: ColumnRun) -> list[Any]:
        """For each row what the new column holds, or the sentence that says why it is empty."""
        from openhearth.columns.values import value_of

        cells = self.columns.list_cells(run, offset=0, limit=1000)
        return [cell.error or value_of(cell.answer).value for cell in cells]


@pytest.fixture
def desk(site: Site) -> Desk:
    hub = site.hub
    hub.queue.stop()  # tests say when work is done
    columns = cast(Columns, next(room for room in hub.rooms if room.name == "columns").service)
    model, dataset = site.create("judge"), site.create("reviews", kind="dataset", visibility="private")
    site.commit(model, {"README.md": "---\npipeline_tag: text-classification\n---\n# It\n"})
    site.commit(dataset, {"reviews.csv": REVIEWS})
    models = Judges(site)
    worker = Worker(
        db=hub.ground.db, clock=hub.ground.clock, repos=hub.repos, queue=hub.queue, people=hub.accounts,
        models=models, row_input=RowInput, sources=columns.sources,
    )  # fmt: skip
    hub.queue.handle(KIND, worker.work)
    actors = {}
    for name in ("ada", "ben", "eve"):
        user = hub.accounts.find_user(name)
        actor = hub.accounts.find_standing(user.id) if user else None
        if actor is None:
            raise RepoNotFound(name)
        actors[name] = actor
    return Desk(site, columns, models, model, dataset, actors)
