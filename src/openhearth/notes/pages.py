"""The page of notes, and the part that stands beside a failure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Actor
from openhearth.accounts.pages.routes import form_route, page_route
from openhearth.errors import HubError
from openhearth.kit.names import RepoRef
from openhearth.notes.records import KeptNote
from openhearth.notes.service import Notes, find_ref
from openhearth.pipelines.notes.records import Related
from openhearth.urls import Urls, with_query
from openhearth.web import Web
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of


@dataclass(frozen=True, kw_only=True)
class NoteLine:
    """A note as the page shows it. `model` is None where the reader may not know of it."""

    note: KeptNote
    model: str | None
    model_href: str
    run_href: str
    mine: bool


@dataclass(frozen=True, kw_only=True)
class NotesPage:
    """Context of `notes/list.html`."""

    lines: Sequence[NoteLine]
    model: str = field(metadata={"help": "The model that the list is about; empty for all"})
    run: str = field(metadata={"help": "The run that the list is about; empty for all"})
    text: str = field(metadata={"help": "A note as it was typed and refused"})
    error: str


@dataclass(frozen=True, kw_only=True)
class RelatedPart:
    """Context of `notes/related.html`."""

    related: Sequence[Related]


class NotePages:
    def __init__(self, notes: Notes, *, web: Web, urls: Urls) -> None:
        self._notes = notes
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        return [
            page_route("/notes", self.show),
            form_route("/notes", self.add),
            form_route("/notes/{note:seg}/forget", self.forget),
        ]

    def related(self, request: Request, repo_key: str, task: str, failure: str) -> Markup | None:
        """Slot `run.failed`: the earlier notes that a failure reminds the reader of."""
        found = self._notes.related(actor_of(request), failure, repo_key=repo_key, task=task)
        return self._web.fragment("notes/related.html", RelatedPart(related=found)) if found else None

    def show(self, request: Request) -> Response:
        model, run = (request.query_params.get(name, "").strip()[:200] for name in ("model", "run"))
        return self._show(request, model=model, run=run)

    def add(self, request: Request, form: FormData) -> Response:
        text, model, run = (text_of(form, name, default="") for name in ("text", "model", "run"))
        try:
            self._notes.remark(actor_of(request), text, model=find_ref(model), run_id=run)
        except HubError as error:
            status = error.status if error.status != 401 else 404
            return self._show(request, model="", run="", text=text, error=error.message, status=status)
        return RedirectResponse(with_query("/notes", model=model, run=run), 303)

    def forget(self, request: Request, _form: FormData) -> Response:
        self._notes.forget(actor_of(request), request.path_params["note"])
        return RedirectResponse("/notes", 303)

    def _show(
        self, request: Request, *, model: str, run: str, text: str = "", error: str = "", status: int = 200
    ) -> Response:
        actor = actor_of(request)
        found = self._notes.list_notes(actor, model=find_ref(model), run_id=run or None)
        page = NotesPage(lines=self._lines(actor, found), model=model, run=run, text=text, error=error)
        return self._web.page(request, "notes/list.html", page, status=status)

    def _lines(self, actor: Actor, notes: Sequence[KeptNote]) -> list[NoteLine]:
        names = self._notes.name_models(actor, notes)
        return [self._line(actor, note, names.get(note.repo_key or "")) for note in notes]

    def _line(self, actor: Actor, note: KeptNote, ref: RepoRef | None) -> NoteLine:
        return NoteLine(
            note=note,
            model=ref.id if ref else None,
            model_href=self._urls.repo(ref) if ref else "",
            run_href=with_query("/notes", run=note.run_id),
            mine=self._notes.may_forget(actor, note),
        )
