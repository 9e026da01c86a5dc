"""Columns: a model run over a column of a dataset; its answers are a new column. See README.md."""

from pathlib import Path

from openhearth.columns.pages import ColumnPages
from openhearth.columns.records import Cell, ColumnRun, RunSpec
from openhearth.columns.service import KIND, Columns
from openhearth.columns.sources import Sources
from openhearth.columns.work import Input, Models, People, Worker
from openhearth.jobs import Queue
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

__all__ = ["Cell", "ColumnRun", "Columns", "RunSpec", "build"]


def build(
    ground: Ground, *, accounts: People, repos: Repos, queue: Queue, models: Models, row_input: Input
) -> Room:
    """The room on `ground`: `models` are asked about rows that `row_input` makes, as whoever asked for the run."""
    sources = Sources(repos)
    columns = Columns(db=ground.db, clock=ground.clock, repos=repos, queue=queue, sources=sources)
    worker = Worker(
        db=ground.db, clock=ground.clock, repos=repos, queue=queue, people=accounts, models=models,
        row_input=row_input, sources=sources,
    )  # fmt: skip
    queue.handle(KIND, worker.work)
    ground.web.add_folder("columns", Path(__file__).parent / "templates")
    pages = ColumnPages(columns, repos=repos, ground=ground)
    return Room(
        name="columns",
        service=columns,
        routes=pages.routes(),
        slots={"repo.panels": pages.panel, "task.actions": pages.task_action},
    )
