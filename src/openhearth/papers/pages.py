"""The pages of papers: the list, one paper with the repos that cite it, the same as Markdown, and the form."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts.pages.routes import ACCEPTED, Refused, form_route, page_route
from openhearth.errors import Conflict, Invalid, NotFound
from openhearth.papers.records import Paper, PaperSpec
from openhearth.papers.service import Linked, Papers
from openhearth.repos import Listed
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of

LISTED_PAPERS = 60


@dataclass(frozen=True, kw_only=True)
class PapersPage:
    """Context of `papers/list.html`."""

    search: str
    papers: Sequence[Paper]


@dataclass(frozen=True, kw_only=True)
class CitingRepo:
    type: str
    id: str
    href: str
    summary: str


@dataclass(frozen=True, kw_only=True)
class PaperPage:
    """Context of `papers/paper.html`."""

    paper: Paper
    citing: Sequence[CitingRepo]
    may_edit: bool = field(metadata={"help": "Whether the reader may enter what the paper says"})


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """Context of `papers/form.html`."""

    id: str
    title: str
    authors: str = field(metadata={"help": "One name a line"})
    summary: str
    refused: Refused = ACCEPTED


class Pages:
    def __init__(self, papers: Papers, *, web: Web, urls: Urls) -> None:
        self._papers = papers
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        return [
            page_route("/papers", self.show_list, for_accounts=False),
            page_route("/papers/new", self.show_form),
            form_route("/papers/new", self.enter),
            page_route("/papers/{id:seg}", self.show, for_accounts=False),
        ]

    def show_list(self, request: Request) -> Response:
        search = request.query_params.get("q", "").strip()[:250]
        found = self._papers.search(actor_of(request), search, limit=LISTED_PAPERS)
        return self._web.page(request, "papers/list.html", PapersPage(search=search, papers=found))

    def show(self, request: Request) -> Response:
        """The page; with `.md` behind the id, its Markdown, as `read_paper` asks."""
        asked, actor = request.path_params["id"], actor_of(request)
        paper, linked = self._papers.get(actor, asked.removesuffix(".md"))
        citing = self._citing(linked)
        if asked.endswith(".md"):
            return PlainTextResponse(_markdown(paper, citing, self._urls), media_type="text/markdown")
        may_edit = not actor.is_anonymous and (
            paper.submitted_by in (None, actor.user_id) or actor.is_site_admin
        )
        return self._web.page(
            request, "papers/paper.html", PaperPage(paper=paper, citing=citing, may_edit=may_edit)
        )

    def show_form(self, request: Request) -> Response:
        asked = request.query_params.get("id", "")[:40]
        page = FormPage(id=asked, title="", authors="", summary="")
        try:
            known, _ = self._papers.get(actor_of(request), asked)
            page = FormPage(
                id=known.id, title=known.title, authors="\n".join(known.authors), summary=known.summary
            )
        except NotFound:
            pass
        return self._web.page(request, "papers/form.html", page)

    def enter(self, request: Request, form: FormData) -> Response:
        typed = {name: text_of(form, name, default="") for name in ("id", "title", "authors", "summary")}
        spec = PaperSpec(
            title=typed["title"], authors=typed["authors"].splitlines(), summary=typed["summary"]
        )
        try:
            paper = self._papers.enter(actor_of(request), typed["id"], spec)
        except (Invalid, Conflict) as error:
            page = FormPage(**typed, refused=Refused.by(error, fields=tuple(typed)))
            return self._web.page(request, "papers/form.html", page, status=error.status)
        return RedirectResponse(f"/papers/{paper.id}", 303)

    def _citing(self, linked: Linked) -> list[CitingRepo]:
        found: list[Listed] = [*linked.models, *linked.datasets, *linked.spaces]
        return [
            CitingRepo(
                type=listed.repo.ref.type,
                id=listed.repo.id,
                href=self._urls.repo(listed.repo.ref),
                summary=listed.facts.description or "",
            )
            for listed in found
        ]


def _markdown(paper: Paper, citing: Sequence[CitingRepo], urls: Urls) -> str:
    lines = [f"# {paper.title}", ""]
    lines += [f"Authors: {', '.join(paper.authors)}", ""] if paper.authors else []
    lines += [f"arXiv: https://arxiv.org/abs/{paper.id}", ""]
    lines += ["## Abstract", "", paper.summary, ""] if paper.summary else [
        "This hub holds no text of the paper: nobody entered a summary, and papers are not fetched from elsewhere.", ""
    ]  # fmt: skip
    if citing:
        lines += [
            "## Cited by",
            "",
            *(f"- [{one.id}]({urls.absolute(one.href)}) ({one.type})" for one in citing),
            "",
        ]
    return "\n".join(lines)
