"""The gate on a repo's card: what a stranger reads, answers and is told, and where the form is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.errors import Invalid
from openhearth.kit.names import RepoType
from openhearth.repos.gates import AccessRequest, GateField, GateForm, read_gate_form
from openhearth.repos.pages.frame import OpenRepo, RepoFrame, repo_routes
from openhearth.repos.pages.links import rewrite_for
from openhearth.repos.records import MAIN, Facts
from openhearth.urls import with_query
from openhearth.web import render_markdown
from openhearth.web.parts import Choice
from openhearth.wire.forms import read_form, text_of
from openhearth.wire.request import csrf_of

GateState = Literal["visitor", "open", "ask", "pending", "rejected", "token"]


@dataclass(frozen=True, kw_only=True)
class GateView:
    """The gate of one repo as one reader meets it."""

    state: GateState
    sentence: str = field(metadata={"help": "Why the reader may not have the files; empty if they may"})
    form: GateForm
    choices: Mapping[str, Sequence[Choice]] = field(metadata={"help": "Key of a field → what it offers"})
    prompt: Markup | None
    action: str
    csrf_token: str
    login_href: str
    is_automatic: bool
    values: Mapping[str, str] = field(metadata={"help": "What was typed, by the key of its field"})
    errors: Mapping[str, str] = field(metadata={"help": "Key of a field → what is wrong with it"})
    waiting_count: int = field(metadata={"help": "How many wait for an answer of this reader"})
    requests_href: str


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A form that came back: what was typed, and why it was refused."""

    values: Mapping[str, str]
    error: Invalid


class GateViews:
    """Draws the gate for a reader."""

    def __init__(self, frame: RepoFrame) -> None:
        self.repos = frame.repos
        self.urls = frame.urls

    def view(self, opened: OpenRepo, facts: Facts, typed: Typed | None = None) -> GateView | None:
        """None for a repo without a gate, and for members when nobody waits."""
        repo, actor = opened.repo, opened.actor
        if repo.gated is None:
            return None
        sentence = self.repos.admission.find_refusal(actor, repo)
        own = self.repos.admission.find_own(actor, repo)
        waiting = self._count_waiting(opened)
        if sentence is None and own is None and not waiting:
            return None
        form, page = read_gate_form(facts.card), self.urls.repo(repo.ref)
        return GateView(
            state=_state(opened, sentence, own),
            sentence=sentence or "",
            form=form,
            choices={item.key: _choices(item) for item in form.fields if item.options},
            prompt=render_markdown(form.prompt, rewrite=rewrite_for(self.urls, repo.ref, MAIN))
            if form.prompt
            else None,
            action=f"{page}/ask-access",
            csrf_token=csrf_of(opened.request),
            login_href=with_query("/login", next=page),
            is_automatic=repo.gated == "auto",
            values=typed.values if typed else {},
            errors=_errors(form.fields, typed.error) if typed else {},
            waiting_count=waiting,
            requests_href=f"{page}/settings/access-requests",
        )

    def _count_waiting(self, opened: OpenRepo) -> int:
        if not opened.may(Action.WRITE):
            return 0
        return self.repos.gates.count_requests(opened.actor, opened.repo)["pending"]


def _state(opened: OpenRepo, sentence: str | None, own: AccessRequest | None) -> GateState:
    if sentence is None:
        return "open"
    if opened.actor.is_anonymous:
        return "visitor"
    if own is None:
        return "ask"
    return "token" if own.status == "accepted" else own.status


def _choices(item: GateField) -> list[Choice]:
    offered = [Choice(value=value, label=label) for value, label in item.options]
    return [Choice(value="", label="Choose…"), *offered]


def _errors(fields: Sequence[GateField], error: Invalid) -> dict[str, str]:
    found = {item.key: error.message for item in fields if error.message.startswith(f"{item.label}:")}
    return found or {"": error.message}


class AskPages:
    """Where the form of the gate is sent, by a page or by a script with a token."""

    def __init__(self, frame: RepoFrame, *, show_again: Callable[[OpenRepo, Typed], Response]) -> None:
        """`show_again(opened, typed)` answers with the card and what was typed."""
        self.frame = frame
        self._show_again = show_again

    def routes(self) -> list[Route]:
        return repo_routes("/ask-access", self.ask, methods=("POST",))

    async def ask(self, repo_type: RepoType, request: Request) -> Response:
        opened = await run_in_threadpool(self.frame.open, repo_type, request)
        page = self.frame.urls.repo(opened.repo.ref)
        # A token in the header is no cookie that another site could ride on.
        form = (
            await request.form(max_files=0)
            if opened.actor.token is not None
            else await read_form(request, max_files=0)
        )
        if opened.actor.is_anonymous:
            return RedirectResponse(with_query("/login", next=page), 303)
        return await run_in_threadpool(self._ask, opened, form, page)

    def _ask(self, opened: OpenRepo, form: FormData, page: str) -> Response:
        given = {name: text_of(form, name, default="") for name in form}
        asked = read_gate_form(self.frame.repos.facts.get(opened.repo).card)
        try:
            self.frame.repos.gates.ask(opened.actor, opened.repo, asked, given)
        except Invalid as error:
            return self._show_again(opened, Typed(values=given, error=error))
        return RedirectResponse(page, 303)
