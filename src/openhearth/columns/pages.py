"""The pages of runs over columns: the form, the run with its chart and table, its files, and keeping it as a dataset."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action, Actor
from openhearth.accounts.pages.routes import form_route, page_route
from openhearth.columns.asking import COLUMN_TASKS, Asked, read_parameters, takes_files
from openhearth.columns.records import ROWS_MAX, ROWS_USUAL, Cell, Chart, ColumnRun, Progress, RunSpec
from openhearth.columns.service import Columns, RunShown
from openhearth.columns.table_files import FORMATS, text_columns
from openhearth.columns.values import value_of
from openhearth.errors import Conflict, HubError, Invalid
from openhearth.kit.names import RepoRef, RepoType, check_path, split_repo_id
from openhearth.repos import CommitRequest, OpenRepo, Repo, RepoFilter, Repos
from openhearth.repos.pages.received import ReceivedFiles
from openhearth.repos.pages.tag_groups import task_label
from openhearth.urls import with_query
from openhearth.web.parts import Choice, Column, Paging
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of
from openhearth.wire.room import Ground

CHOICES_MAX = 200
PREVIEW_ROWS = 5
PAGE_ROWS = 50
SHOWN_LENGTH = 300
_MEDIA_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, kw_only=True)
class NewPage:
    """Context of `columns/new.html`."""

    models: Sequence[Choice]
    tasks: Sequence[Choice]
    datasets: Sequence[Choice]
    model: str
    task: str
    dataset: str
    paths: Sequence[Choice] = field(metadata={"help": "The tables of the dataset; empty until one is chosen"})
    path: str
    columns: Sequence[Choice] = field(metadata={"help": "Of the table; empty until it is read"})
    column: str
    rows: str
    rows_max: int
    asked: Sequence[Asked] = field(metadata={"help": "What the task wants to know beside the rows"})
    values: Mapping[str, str] = field(metadata={"help": "What was typed for those"})
    is_files: bool = field(metadata={"help": "Whether cells name pictures or sounds"})
    head: Sequence[Column]
    preview: Sequence[Sequence[str | None]]
    error: str


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Context of `columns/list.html`."""

    runs: Sequence[ColumnRun]


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """Context of `columns/run.html`."""

    run: ColumnRun
    task: str
    dataset: str | None = field(
        metadata={"help": "Its name now; None if it is gone, or closed to the reader"}
    )
    dataset_href: str
    progress: Progress
    chart: Chart | None
    head: Sequence[Column]
    rows: Sequence[Sequence[str | None]]
    first_row: int
    failed: Sequence[Cell] = field(metadata={"help": "The first rows without an answer"})
    paging: Paging
    formats: Sequence[str]
    repo_name: str = field(metadata={"help": "A name for the dataset to keep it as"})
    path_name: str
    save_error: str
    related: Sequence[Markup] = field(metadata={"help": "What the slot run.failed gave for the failure"})


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Context of `columns/panel.html`."""

    text: str
    href: str


class ColumnPages:
    def __init__(self, columns: Columns, *, repos: Repos, ground: Ground) -> None:
        self._columns = columns
        self._repos = repos
        self._web = ground.web
        self._urls = ground.urls
        self._slots = ground.slots
        limit_bytes = ground.settings.upload_max_gb * 10**9
        self._received = ReceivedFiles(repos=repos, storage=ground.storage, limit_bytes=limit_bytes)

    def routes(self) -> list[Route]:
        return [
            page_route("/columns", self.show_list),
            page_route("/columns/new", self.show_form),
            form_route("/columns/new", self.start),
            page_route("/columns/{run:seg}", self.show),
            page_route("/columns/{run:seg}/table.{format:seg}", self.download),
            form_route("/columns/{run:seg}/cancel", self.cancel),
            form_route("/columns/{run:seg}/resume", self.resume),
            form_route("/columns/{run:seg}/delete", self.delete),
            form_route("/columns/{run:seg}/save", self.save),
        ]

    # Slots

    def panel(self, _request: Request, repo: Repo) -> Markup | None:
        """On the page of a model that can be run over a column, and of a dataset."""
        if repo.ref.type == "dataset":
            href = with_query("/columns/new", dataset=repo.id)
            return self._web.fragment(
                "columns/panel.html", Panel(text="Run a model over a column", href=href)
            )
        tag = self._repos.facts.get(repo).pipeline_tag if repo.ref.type == "model" else None
        if tag not in COLUMN_TASKS:
            return None
        href = with_query("/columns/new", model=repo.id, task=tag)
        return self._web.fragment("columns/panel.html", Panel(text="Run it over a dataset column", href=href))

    def task_action(self, _request: Request, task: str, model: str) -> Markup | None:
        if task not in COLUMN_TASKS:
            return None
        href = with_query("/columns/new", model=model, task=task)
        return self._web.fragment("columns/panel.html", Panel(text="Run it over a dataset column", href=href))

    # The form

    def show_form(self, request: Request) -> Response:
        return self._form(request, dict(request.query_params), "")

    def start(self, request: Request, form: FormData) -> Response:
        typed = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
        try:
            run = self._columns.start(actor_of(request), _spec(typed))
        except HubError as error:
            if error.status == 401 and not typed.get("dataset"):
                raise
            return self._form(
                request, typed, error.message, status=error.status if error.status != 401 else 404
            )
        return RedirectResponse(f"/columns/{run.id}", 303)

    def _form(self, request: Request, typed: Mapping[str, str], error: str, *, status: int = 200) -> Response:
        actor = actor_of(request)
        task = typed.get("task", "") if typed.get("task") in COLUMN_TASKS else "text-classification"
        dataset = typed.get("dataset", "")
        paths: list[str] = []
        path, table = typed.get("path", ""), None
        try:
            if dataset:
                ref = split_repo_id(dataset, "dataset", field="dataset")
                paths = self._columns.sources.list_files(actor, ref)
                path = path if path in paths else paths[0] if paths else ""
                if not path:
                    raise Invalid(
                        "dataset: holds no table that is read here: CSV, TSV, JSON Lines or Parquet."
                    )
                table = self._columns.sources.read(actor, ref, path, rows=PREVIEW_ROWS)[2]
        except HubError as refused:
            error = error or refused.message
        columns = text_columns(table) if table is not None else []
        page = NewPage(
            models=self._choices(actor, "model", typed.get("model", "")), model=typed.get("model", ""),
            tasks=[Choice(value=name, label=task_label(name)) for name in COLUMN_TASKS], task=task,
            datasets=self._choices(actor, "dataset", dataset), dataset=dataset,
            paths=_same(paths), path=path, columns=_same(columns),
            column=typed.get("column") or _likely(columns, files=takes_files(task)),
            rows=typed.get("rows", str(ROWS_USUAL)), rows_max=ROWS_MAX, asked=COLUMN_TASKS[task], values=typed,
            is_files=takes_files(task), head=[Column(label=name) for name in columns],
            preview=_preview(table, columns), error=error,
        )  # fmt: skip
        return self._web.page(request, "columns/new.html", page, status=status)

    def _choices(self, actor: Actor, kind: RepoType, chosen: str) -> list[Choice]:
        wanted = RepoFilter(
            type=kind, sort="lastModified", pipeline_tags=_tags() if kind == "model" else None
        )
        ids = [
            listed.repo.id
            for listed in self._repos.catalogue.list_repos(actor, wanted, limit=CHOICES_MAX).items
        ]
        return [
            Choice(value="", label="Choose…"),
            *_same([*([chosen] if chosen and chosen not in ids else []), *ids]),
        ]

    # A run

    def show_list(self, request: Request) -> Response:
        page = ListPage(runs=self._columns.list_runs(actor_of(request)))
        return self._web.page(request, "columns/list.html", page)

    def show(self, request: Request) -> Response:
        return self._show(request, "")

    def _show(self, request: Request, save_error: str, *, status: int = 200) -> Response:
        actor = actor_of(request)
        shown = self._columns.show(actor, request.path_params["run"])
        run = shown.run
        number = _page_number(request)
        first = (number - 1) * PAGE_ROWS
        cells = self._columns.list_cells(run, offset=first, limit=PAGE_ROWS)
        dataset = self._readable(actor, run)
        name = (dataset.name if dataset else "table").removesuffix("-predicted")[:80]
        page = RunPage(
            run=run, task=task_label(run.task), dataset=dataset.id if dataset else None,
            dataset_href=self._urls.repo(dataset) if dataset else "", progress=shown.progress, chart=shown.chart,
            head=_head(run), rows=[_row(cell) for cell in cells], first_row=first + 1,
            failed=self._failed(run, shown.progress), paging=_paging(run, number, shown.progress.total),
            formats=FORMATS, repo_name=f"{actor.name}/{name}-predicted", path_name="predictions.csv",
            save_error=save_error, related=self._related(request, shown),
        )  # fmt: skip
        return self._web.page(request, "columns/run.html", page, status=status)

    def _related(self, request: Request, shown: RunShown) -> list[Markup]:
        """Earlier notes that the run's end, or its first row without an answer, reminds of."""
        run = shown.run
        failure = run.error or next(
            (cell.error for cell in self._failed(run, shown.progress) if cell.error), None
        )
        if failure is None:
            return []
        parts: list[Markup] = self._slots.parts(
            "run.failed", request, run.model_key, run.task, failure.replace(run.model, "the model")
        )
        return parts

    def _failed(self, run: ColumnRun, progress: Progress) -> list[Cell]:
        if not progress.failed:
            return []
        return [cell for cell in self._columns.list_cells(run, offset=0, limit=ROWS_MAX) if cell.error][:10]

    def _readable(self, actor: Actor, run: ColumnRun) -> RepoRef | None:
        repo = self._repos.catalogue.find_by_key(run.dataset_key)
        if repo is None:
            return None
        try:
            return self._repos.catalogue.get(actor, repo.ref).ref
        except HubError:
            return None

    def download(self, request: Request) -> Response:
        actor, format = actor_of(request), request.path_params["format"]
        run = self._columns.get(actor, request.path_params["run"])
        content = self._columns.write_file(actor, run, format)
        named = {"Content-Disposition": f'attachment; filename="predictions.{format}"'}
        return Response(content, media_type=_MEDIA_TYPES[format], headers=named)

    def cancel(self, request: Request, _form: FormData) -> Response:
        self._columns.cancel(actor_of(request), request.path_params["run"])
        return _back(request)

    def resume(self, request: Request, _form: FormData) -> Response:
        self._columns.resume(actor_of(request), request.path_params["run"])
        return _back(request)

    def delete(self, request: Request, _form: FormData) -> Response:
        self._columns.delete(actor_of(request), request.path_params["run"])
        return RedirectResponse("/columns", 303)

    def save(self, request: Request, form: FormData) -> Response:
        """Commit the table with its new column: to a dataset that is there, or a new private one."""
        actor = actor_of(request)
        run = self._columns.get(actor, request.path_params["run"])
        try:
            path = check_path(text_of(form, "path"))
            content = self._columns.write_file(actor, run, path.rpartition(".")[2].lower())
            repo = self._target(actor, split_repo_id(text_of(form, "repo"), "dataset", field="repo"), path)
            opened = OpenRepo(request=request, actor=actor, repo=repo)
            file = UploadFile(io.BytesIO(content), size=len(content), filename=path)
            operations = self._received.operations(opened, "main", "", [file])
            summary = f"Add {path}: {run.task} of {run.column_name} by {run.model}"
            commit = CommitRequest(summary=summary, operations=operations)
            self._repos.commits.commit(actor, repo, "main", commit)
        except HubError as error:
            return self._show(request, error.message, status=error.status if error.status != 401 else 404)
        return RedirectResponse(self._urls.blob(repo.ref, "main", path), 303)

    def _target(self, actor: Actor, ref: RepoRef, path: str) -> Repo:
        catalogue = self._repos.catalogue
        try:
            repo = catalogue.get(actor, ref, Action.WRITE)
        except HubError as error:
            if error.status not in (401, 404):
                raise
            return catalogue.create(actor, ref, visibility="private")
        content = self._repos.content
        if content.find_entry(repo, content.resolve(repo), path) is not None:
            raise Conflict(f"path: {repo.id} holds {path!r} already; choose another name.")
        return repo


def _spec(typed: Mapping[str, str]) -> RunSpec:
    rows = typed.get("rows", "")
    if not rows.isdecimal() or len(rows) > 9:
        raise Invalid(f"rows: {rows[:20]!r} is no whole number; choose 1 to {ROWS_MAX}.")
    for name in ("model", "dataset", "path", "column"):
        if not typed.get(name):
            raise Invalid(f"{name}: choose one first.")
    task = typed.get("task", "")
    return RunSpec(
        model=split_repo_id(typed["model"], "model", field="model"), task=task,
        dataset=split_repo_id(typed["dataset"], "dataset", field="dataset"), path=typed["path"],
        column=typed["column"], rows=int(rows),
        parameters=read_parameters(task, typed) if task in COLUMN_TASKS else {},
    )  # fmt: skip


def _tags() -> list[str]:
    return [*COLUMN_TASKS, "text-ranking"]


def _same(names: Sequence[str]) -> list[Choice]:
    return [Choice(value=name, label=name) for name in names]


def _likely(columns: Sequence[str], *, files: bool) -> str:
    """The column that is most likely meant, by what people call them."""
    usual = (
        ("file_name", "file", "path", "image", "audio")
        if files
        else ("text", "review", "sentence", "content", "body")
    )
    return next((name for name in usual if name in columns), columns[0] if columns else "")


def _preview(table: Any, columns: Sequence[str]) -> list[list[str | None]]:
    if table is None:
        return []
    return [
        [_cut(row[name]) for name in columns]
        for row in table.select(list(dict.fromkeys(columns))).to_pylist()
    ]


def _cut(value: Any) -> str | None:
    text = None if value is None else str(value)
    return text if text is None or len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"


def _head(run: ColumnRun) -> list[Column]:
    return [Column(label=run.column_name), Column(label="prediction"), Column(label="score", align="end")]


def _row(cell: Cell) -> list[str | None]:
    if cell.error:
        return [_cut(cell.given), None, None]
    if cell.is_pending:
        return [_cut(cell.given), "…", ""]
    value = value_of(cell.answer)
    return [_cut(cell.given), _cut(value.shown), "" if value.score is None else f"{value.score:.3f}"]


def _page_number(request: Request) -> int:
    asked = request.query_params.get("p", "1")
    return int(asked) if asked.isdecimal() and 0 < len(asked) < 5 and int(asked) > 0 else 1


def _paging(run: ColumnRun, number: int, total: int) -> Paging:
    pages = -(-total // PAGE_ROWS)
    here = f"/columns/{run.id}"
    return Paging(
        previous_href=with_query(here, p=str(number - 1)) if number > 1 else None,
        next_href=with_query(here, p=str(number + 1)) if number < pages else None,
        page=number, page_count=pages, total=total,
    )  # fmt: skip


def _back(request: Request) -> Response:
    return RedirectResponse(f"/columns/{request.path_params['run']}", 303)
