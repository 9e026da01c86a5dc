"""The verbs: ask for a run over a column, look at it, end it, take it away as a file, keep it as a dataset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from openhearth.access import Actor, require_permission
from openhearth.columns import queries
from openhearth.columns.asking import COLUMN_TASKS, get_column_task
from openhearth.columns.records import ROWS_MAX, Cell, Chart, ColumnRun, Progress, RunSpec
from openhearth.columns.sources import Sources
from openhearth.columns.table_files import cell_texts, with_columns, write_table
from openhearth.columns.values import chart_of, value_of
from openhearth.db import Database
from openhearth.errors import Conflict, Invalid, NotFound, Unauthenticated
from openhearth.jobs import Queue
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id
from openhearth.repos import Repos

KIND = "columns.run"
OPEN_MAX = 3
KEPT = timedelta(days=30)
LISTED = 50


@dataclass(frozen=True, kw_only=True)
class RunShown:
    """A run as its owner sees it."""

    run: ColumnRun
    progress: Progress
    chart: Chart | None


class Columns:
    def __init__(self, *, db: Database, clock: Clock, repos: Repos, queue: Queue, sources: Sources) -> None:
        self._db = db
        self._clock = clock
        self._repos = repos
        self._queue = queue
        self.sources = sources

    def start(self, actor: Actor, spec: RunSpec) -> ColumnRun:
        """Ask for a run, which begins at once in the background.

        Raises Unauthenticated, RepoNotFound, Gated, Invalid for a column that cannot be read, Conflict beyond three at once.
        """
        user_id = _user(actor)
        require_permission(actor, "inference.run")
        task = get_column_task(spec.task)
        if not 1 <= spec.rows <= ROWS_MAX:
            raise Invalid(f"rows: {spec.rows} is out of bounds; choose 1 to {ROWS_MAX}.")
        model = self._repos.catalogue.get(actor, spec.model)
        dataset, commit, table = self.sources.read(actor, spec.dataset, spec.path, rows=1)
        cell_texts(table, spec.column)
        now = self._clock()
        run = ColumnRun(
            id=new_id(), user_id=user_id, model_key=model.key, model=model.id, model_commit=None, task=task,
            parameters=spec.parameters, dataset_key=dataset.key, dataset_commit=commit, path=spec.path,
            column_name=spec.column, rows_wanted=spec.rows, rows_found=None, state="waiting", error=None,
            created_at=now, updated_at=now,
        )  # fmt: skip
        with self._db.write() as rows:
            if queries.count_open(rows, user_id) >= OPEN_MAX:
                raise Conflict(f"You have {OPEN_MAX} runs under way; wait for one to end, or cancel it.")
            queries.delete_old(rows, user_id, now - KEPT)
            queries.insert_run(rows, run)
            self._queue.enqueue(rows, KIND, {"run": run.id})
        return run

    def get(self, actor: Actor, run_id: str) -> ColumnRun:
        """A run of the actor's own. Raises NotFound for what is another's."""
        user_id = _user(actor)
        with self._db.read() as rows:
            run = queries.find_run(rows, run_id)
        if run is None or run.user_id != user_id:
            raise NotFound(f"There is no run {run_id[:40]!r} of yours.")
        return run

    def show(self, actor: Actor, run_id: str) -> RunShown:
        run = self.get(actor, run_id)
        with self._db.read() as rows:
            progress = queries.count_cells(rows, run.id)
            cells = queries.list_cells(rows, run.id, limit=ROWS_MAX)
        return RunShown(run=run, progress=progress, chart=chart_of(cells))

    def list_cells(self, run: ColumnRun, *, offset: int, limit: int) -> list[Cell]:
        """Of a run that `get` gave."""
        with self._db.read() as rows:
            return queries.list_cells(rows, run.id, offset=offset, limit=limit)

    def list_runs(self, actor: Actor) -> Sequence[ColumnRun]:
        """The actor's own, the newest first."""
        with self._db.read() as rows:
            return queries.list_runs(rows, _user(actor), limit=LISTED)

    def cancel(self, actor: Actor, run_id: str) -> None:
        """End a run between two rows; what was answered stays."""
        run = self.get(actor, run_id)
        with self._db.write() as rows:
            queries.update_run(rows, run.id, state="cancelled", updated_at=self._clock())

    def resume(self, actor: Actor, run_id: str) -> None:
        """Go on with a run that failed or was cancelled, at the first row without an answer."""
        run = self.get(actor, run_id)
        with self._db.write() as rows:
            if queries.count_open(rows, run.user_id) >= OPEN_MAX + run.is_open:
                raise Conflict(f"You have {OPEN_MAX} runs under way; wait for one to end, or cancel it.")
            queries.update_run(
                rows, run.id, only_open=False, state="waiting", error=None, updated_at=self._clock()
            )
            self._queue.enqueue(rows, KIND, {"run": run.id})

    def delete(self, actor: Actor, run_id: str) -> None:
        run = self.get(actor, run_id)
        with self._db.write() as rows:
            queries.delete_run(rows, run.id)

    def write_file(self, actor: Actor, run: ColumnRun, format: str) -> bytes:
        """The table with its new column. Raises NotFound where the actor may read the dataset no longer."""
        table = self.sources.read_again(actor, run)
        with self._db.read() as rows:
            cells = queries.list_cells(rows, run.id, limit=ROWS_MAX)
        return write_table(with_columns(table, new_columns(run.task, cells)), format)


def new_columns(task: str, cells: Sequence[Cell]) -> dict[str, list[Any]]:
    """Name → values: what the model said, how sure it was, and why it said nothing, where that happened."""
    assert task in COLUMN_TASKS
    values = [value_of(cell.answer) for cell in cells]
    found: dict[str, list[Any]] = {"prediction": [value.value for value in values]}
    if any(value.score is not None for value in values):
        found["prediction_score"] = [value.score for value in values]
    if any(cell.error for cell in cells):
        found["prediction_error"] = [cell.error for cell in cells]
    return found


def _user(actor: Actor) -> str:
    if actor.user_id is None:
        raise Unauthenticated("Running a model over a dataset needs an account; sign in first.")
    return actor.user_id
