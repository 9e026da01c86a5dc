"""The work itself: a slice of a run at a time, so that others get their turn and nothing is lost when the hub stops.

As whom: the person who asked, with the rights they have now, looked up anew for each slice.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from openhearth.access import Actor
from openhearth.columns import queries
from openhearth.columns.asking import CELL_MAX_LENGTH, file_inputs_of, inputs_of, takes_files
from openhearth.columns.records import Cell, ColumnRun
from openhearth.columns.service import KIND
from openhearth.columns.sources import Sources
from openhearth.columns.table_files import cell_texts
from openhearth.db import Database
from openhearth.errors import Busy, EngineFailed, HubError, NotFound
from openhearth.jobs import Queue
from openhearth.kit.clock import Clock
from openhearth.repos import Repos

SLICE_S = 5.0
BATCH = 8
BUSY_WAIT_S = 5.0
TURN_WAIT_S = 1.0
# A model that breaks so many times in a row will break again.
BREAKS_MAX = 3


class Input(Protocol):
    """Makes one input of a call."""

    def __call__(self, *, inputs: Any = None, payload: bytes = b"") -> Any: ...


class Model(Protocol):
    """A loaded model."""

    @property
    def commit(self) -> str: ...
    def ask(self, rows: Sequence[Any], parameters: Mapping[str, Any]) -> list[Any]: ...


class Models(Protocol):
    """Opens models of this hub; the inference room answers."""

    def open(self, actor: Actor, repo_id: str, *, task: str, run_id: str = "") -> Model: ...


class People(Protocol):
    """What this room asks of the accounts room."""

    def find_standing(self, namespace_id: str) -> Actor | None: ...


class Worker:
    def __init__(
        self, *, db: Database, clock: Clock, repos: Repos, queue: Queue, people: People, models: Models,
        row_input: Input, sources: Sources,
    ) -> None:  # fmt: skip
        self._db = db
        self._clock = clock
        self._repos = repos
        self._queue = queue
        self._people = people
        self._models = models
        self._row_input = row_input
        self._sources = sources
        self._turn = threading.Lock()

    def work(self, payload: Mapping[str, Any]) -> None:
        """Do a slice of a run, and ask for the next. One run at a time in a process: models share its cores."""
        run_id = str(payload["run"])
        with self._db.read() as rows:
            run = queries.find_run(rows, run_id)
        if run is None or not run.is_open:
            return
        if not self._turn.acquire(blocking=False):
            self._go_on(run, delay_s=TURN_WAIT_S)
            return
        try:
            self._slice(run)
        except Busy:
            self._go_on(run, delay_s=BUSY_WAIT_S)
        except HubError as error:
            self._end(run, "failed", error.message)
        finally:
            self._turn.release()

    def _slice(self, run: ColumnRun) -> None:
        actor = self._people.find_standing(run.user_id)
        if actor is None:
            raise NotFound("The account that asked for this run is gone.")
        if run.rows_found is None:
            self._read_column(actor, run)
        model_repo = self._repos.catalogue.find_by_key(run.model_key)
        if model_repo is None:
            raise NotFound(f"The model {run.model} is gone.")
        model = self._models.open(actor, model_repo.id, task=run.task, run_id=run.id)
        self._change(run, state="running", model_commit=model.commit)
        ends_at, breaks = time.monotonic() + SLICE_S, 0
        while time.monotonic() < ends_at:
            cells = self._pending(run)
            if not cells:
                self._end(run, "done", None)
                return
            answers = self._ask(actor, run, model, cells)
            breaks = breaks + 1 if all(isinstance(a, EngineFailed) for a in answers) else 0
            if not self._keep(run, cells, answers):
                return
            if breaks == BREAKS_MAX:
                raise answers[0]
            if breaks:
                model = self._models.open(actor, model_repo.id, task=run.task, run_id=run.id)
        self._go_on(run)

    def _read_column(self, actor: Actor, run: ColumnRun) -> None:
        texts = cell_texts(self._sources.read_again(actor, run), run.column_name)
        cells = [_cell(row, text) for row, text in enumerate(texts)]
        with self._db.write() as rows:
            queries.insert_cells(rows, run.id, cells)
            queries.update_run(rows, run.id, rows_found=len(cells), updated_at=self._clock())

    def _pending(self, run: ColumnRun) -> list[Cell]:
        """None once somebody ended the run."""
        with self._db.read() as rows:
            now = queries.find_run(rows, run.id)
            if now is None or not now.is_open:
                return []
            return queries.list_cells(rows, run.id, limit=BATCH, pending=True)

    def _ask(self, actor: Actor, run: ColumnRun, model: Model, cells: Sequence[Cell]) -> list[Any]:
        """For each cell its answer, or the HubError that says why there is none."""
        found: list[Any] = [None] * len(cells)
        inputs, places, parameters = [], [], dict(run.parameters)
        for place, cell in enumerate(cells):
            try:
                made, parameters = self._input(actor, run, cell)
            except HubError as error:
                found[place] = error
            else:
                inputs.append(made)
                places.append(place)
        for place, answer in zip(places, model.ask(inputs, parameters) if inputs else [], strict=True):
            found[place] = answer
        return found

    def _input(self, actor: Actor, run: ColumnRun, cell: Cell) -> tuple[Any, dict[str, Any]]:
        if not takes_files(run.task):
            inputs, rest = inputs_of(run.task, cell.given, run.parameters)
            return self._row_input(inputs=inputs), rest
        content = self._sources.read_cell_file(actor, run, cell.given)
        inputs, payload, rest = file_inputs_of(run.task, content, run.parameters)
        return self._row_input(inputs=inputs, payload=payload), rest

    def _keep(self, run: ColumnRun, cells: Sequence[Cell], answers: Sequence[Any]) -> bool:
        """Write what came; False if the run was ended meanwhile."""
        with self._db.write() as rows:
            for cell, answer in zip(cells, answers, strict=True):
                error = answer.message if isinstance(answer, HubError) else None
                if answer is None:
                    error = "The model gave no answer."
                queries.answer_cell(rows, run.id, cell.row, answer=None if error else answer, error=error)
            return queries.update_run(rows, run.id, updated_at=self._clock())

    def _go_on(self, run: ColumnRun, *, delay_s: float = 0.0) -> None:
        with self._db.write() as rows:
            if queries.update_run(rows, run.id, updated_at=self._clock()):
                self._enqueue(rows, run, delay_s)

    def _enqueue(self, rows: Connection, run: ColumnRun, delay_s: float) -> None:
        self._queue.enqueue(rows, KIND, {"run": run.id}, delay_s=delay_s)

    def _end(self, run: ColumnRun, state: str, error: str | None) -> None:
        self._change(run, state=state, error=error)

    def _change(self, run: ColumnRun, **values: Any) -> None:
        with self._db.write() as rows:
            queries.update_run(rows, run.id, **values, updated_at=self._clock())


def _cell(row: int, text: str | None) -> Cell:
    if text is None or not text.strip():
        return Cell(row, "", error="The cell is empty.")
    if len(text) > CELL_MAX_LENGTH:
        return Cell(
            row,
            text[:200],
            error=f"The cell has {len(text)} characters; at most {CELL_MAX_LENGTH} are asked about.",
        )
    return Cell(row, text.replace("\0", "\ufffd"))
