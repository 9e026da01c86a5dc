"""The form that begins a discussion, or a pull request to push to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.community.discussions.pages.desk import TAB, Desk
from openhearth.errors import Invalid
from openhearth.kit.names import RepoType
from openhearth.repos import OpenRepo, RepoHead, repo_routes
from openhearth.repos.records import MAIN
from openhearth.urls import with_query
from openhearth.web.parts import Choice
from openhearth.wire.forms import read_form, text_of


@dataclass(frozen=True, kw_only=True)
class NewPage:
    """Context of `discussions/new.html`."""

    head: RepoHead
    action: str
    is_pull_request: bool
    other_href: str = field(metadata={"help": "The same form for the other kind"})
    files_href: str = field(metadata={"help": "Where a change can be made in the browser"})
    bases: Sequence[Choice] = field(metadata={"help": "The branches that a pull request can be for"})
    base: str
    title: str
    description: str
    errors: dict[str, str]
    cancel_href: str
    by_command: str = field(metadata={"help": "The stock command that proposes a change without this form"})


class NewPages:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.urls = desk.urls

    def routes(self) -> list[Route]:
        return [
            *repo_routes("/discussions/new", self.show),
            *repo_routes("/discussions/new", self.post, methods=("POST",)),
        ]

    def show(self, repo_type: RepoType, request: Request) -> Response:
        at = self.desk.frame.open(repo_type, request)
        self.desk.threads.require_enabled(at.repo)
        here = self._here(at, is_pull_request=_asks_pull_request(request))
        if at.actor.is_anonymous:
            return RedirectResponse(with_query("/login", next=here), 303)
        return self._page(at, title=request.query_params.get("title", "")[:200], description="")

    async def post(self, repo_type: RepoType, request: Request) -> Response:
        at = await run_in_threadpool(self.desk.frame.open, repo_type, request)
        form = await read_form(request, max_files=0)
        return await run_in_threadpool(self._create, at, form)

    def _create(self, at: OpenRepo, form: FormData) -> Response:
        title = text_of(form, "title", default="")
        description = text_of(form, "description", default="")
        is_pull_request = _asks_pull_request(at.request)
        base = text_of(form, "base", default=MAIN)
        said = {"title": title, "description": description}
        try:
            made = (
                self.desk.pulls.open_draft(at.actor, at.repo, **said, base=base)
                if is_pull_request
                else self.desk.threads.open(at.actor, at.repo, **said)
            )
        except Invalid as error:
            word = error.message.partition(":")[0]
            name = word if word in ("title", "description") else "title"
            return self._page(at, **said, base=base, errors={name: error.message}, status=error.status)
        return RedirectResponse(self.urls.discussion(at.repo.ref, made.number), 303)

    def _page(
        self,
        at: OpenRepo,
        *,
        title: str,
        description: str,
        base: str = MAIN,
        errors: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        ref, is_pull_request = at.repo.ref, _asks_pull_request(at.request)
        kind = "" if ref.type == "model" else f" --repo-type {ref.type}"
        page = NewPage(
            head=self.desk.frame.head(at, TAB),
            action=self._here(at, is_pull_request=is_pull_request),
            is_pull_request=is_pull_request,
            other_href=self._here(at, is_pull_request=not is_pull_request),
            files_href=self.urls.tree(ref, MAIN),
            bases=[Choice(value=name, label=name) for name in self._bases(at)] if is_pull_request else (),
            base=base,
            title=title,
            description=description,
            errors=errors or {},
            cancel_href=self.urls.discussions(ref),
            by_command=f"export HF_ENDPOINT={self.urls.base}\nhf upload {ref.id} . .{kind} --create-pr",
        )
        return self.desk.web.page(at.request, "discussions/new.html", page, status=status)

    def _bases(self, at: OpenRepo) -> list[str]:
        """Main first, then the other branches."""
        names = [ref.name for ref in self.desk.repos.content.list_refs(at.repo).branches]
        return sorted(names, key=lambda name: (name != MAIN, name))

    def _here(self, at: OpenRepo, *, is_pull_request: bool) -> str:
        here = f"{self.urls.discussions(at.repo.ref)}/new"
        return with_query(here, kind="pull_request") if is_pull_request else here


def _asks_pull_request(request: Request) -> bool:
    return request.query_params.get("kind") == "pull_request"
