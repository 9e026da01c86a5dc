"""Settings → Access requests: who asked for the files of a gated repo, and the owners' answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.accounts import User
from openhearth.errors import Conflict, HubError, Invalid, NotFound
from openhearth.kit.names import RepoType
from openhearth.repos.gates import STATUSES, AccessRequest, AccessStatus
from openhearth.repos.gates.api import read_status, report_of
from openhearth.repos.pages.frame import OpenRepo, RepoFrame, RepoHead, repo_routes
from openhearth.urls import with_query
from openhearth.web.parts import Tab
from openhearth.wire.forms import read_form, text_of

PAGE_REQUESTS = 50
_LABELS = {"pending": "Waiting", "accepted": "Let in", "rejected": "Rejected"}


@dataclass(frozen=True, kw_only=True)
class RequestRow:
    """One request, with who made it."""

    id: str
    name: str
    fullname: str
    email: str | None
    at: datetime
    has_asked: bool
    answered_by: str | None
    reason: str | None
    answers: Mapping[str, str | bool]


@dataclass(frozen=True, kw_only=True)
class AccessRequestsPage:
    """Context of `repos/access_requests.html`."""

    head: RepoHead
    status: AccessStatus
    sections: Sequence[Tab]
    rows: Sequence[RequestRow]
    next_href: str = field(metadata={"help": "The next page; empty on the last"})
    typed: str = field(metadata={"help": "The name that was typed"})
    error: str = field(metadata={"help": "Why the last form was refused; empty if it was not"})


class AccessRequestPages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.gates = frame.repos.gates
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        here = "/settings/access-requests"
        return [
            *repo_routes(here, self.show),
            *repo_routes(f"{here}.csv", self.report),
            *self._post(f"{here}/grant", self.grant),
            *self._post(f"{here}/handle", self.handle),
        ]

    def _post(self, suffix: str, act: Callable[[OpenRepo, FormData], AccessRequest]) -> list[Route]:
        async def post(repo_type: RepoType, request: Request) -> Response:
            opened = await run_in_threadpool(self.frame.open, repo_type, request, Action.WRITE)
            form = await read_form(request, max_files=0)
            return await run_in_threadpool(self._act, act, opened, form)

        return repo_routes(suffix, post, methods=("POST",))

    def _act(
        self, act: Callable[[OpenRepo, FormData], AccessRequest], opened: OpenRepo, form: FormData
    ) -> Response:
        shown = read_status(text_of(form, "list", default="accepted"))
        try:
            act(opened, form)
        except (Invalid, NotFound, Conflict) as error:
            return self._page(opened, "pending", typed=text_of(form, "user", default=""), error=error)
        return RedirectResponse(with_query(self._here(opened), status=shown), 303)

    def grant(self, opened: OpenRepo, form: FormData) -> AccessRequest:
        return self.gates.grant(opened.actor, opened.repo, text_of(form, "user"))

    def handle(self, opened: OpenRepo, form: FormData) -> AccessRequest:
        status = read_status(text_of(form, "status"))
        reason = text_of(form, "reason", default="") if status == "rejected" else None
        return self.gates.answer(
            opened.actor, opened.repo, status, request_id=text_of(form, "request"), reason=reason
        )

    def report(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request, Action.WRITE)
        ref = opened.repo.ref
        return report_of(self.gates, opened.actor, opened.repo, f"{ref.namespace}-{ref.name}-access.csv")

    def show(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request, Action.WRITE)
        return self._page(opened, read_status(request.query_params.get("status", "pending")))

    def _page(
        self, opened: OpenRepo, status: AccessStatus, *, typed: str = "", error: HubError | None = None
    ) -> Response:
        actor, repo, here = opened.actor, opened.repo, self._here(opened)
        counts = self.gates.count_requests(actor, repo)
        cursor = None if error else opened.request.query_params.get("cursor")
        found = self.gates.list_requests(actor, repo, status, limit=PAGE_REQUESTS, cursor=cursor)
        page = AccessRequestsPage(
            head=self.frame.head(opened, "Settings"),
            status=status,
            sections=[
                Tab(
                    label=_LABELS[each],
                    href=with_query(here, status=each),
                    count=counts[each],
                    current=each == status,
                )
                for each in STATUSES
            ],
            rows=[_row(request, asker) for request, asker in found.items],
            next_href=with_query(here, status=status, cursor=found.cursor) if found.cursor else "",
            typed=typed,
            error=error.message if error else "",
        )
        return self.frame.web.page(
            opened.request, "repos/access_requests.html", page, status=error.status if error else 200
        )

    def _here(self, opened: OpenRepo) -> str:
        return f"{self.urls.settings(opened.repo.ref)}/access-requests"


def _row(request: AccessRequest, asker: User) -> RequestRow:
    return RequestRow(
        id=request.id, name=asker.name, fullname=asker.fullname,
        email=asker.email if request.has_asked else None,
        at=request.asked_at, has_asked=request.has_asked, answered_by=request.answered_by,
        reason=request.reason, answers=request.answers,
    )  # fmt: skip
