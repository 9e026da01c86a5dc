"""JSON routes about gates, as huggingface_hub 2.4 calls them (hf_api.py `_list_access_requests`,
`_handle_access_request`, `grant_access`); asking itself is what web pages do, and a script may do likewise.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from openhearth.access import Actor
from openhearth.accounts import User
from openhearth.errors import Invalid
from openhearth.kit.clock import iso
from openhearth.repos.addressing import API, Addressed
from openhearth.repos.catalogue import Catalogue
from openhearth.repos.facts import FactReader
from openhearth.repos.gates.form import read_gate_form
from openhearth.repos.gates.records import STATUSES, AccessRequest, AccessStatus
from openhearth.repos.gates.service import Gates
from openhearth.repos.records import Repo
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_limit
from openhearth.wire.routing import LeanRoute

PAGE_REQUESTS = 100
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class HandleBody(BaseModel):
    status: str
    user: str | None = None
    requestId: str | None = None
    rejectionReason: str | None = None


class GrantBody(BaseModel):
    user: str


class GateApi:
    def __init__(self, *, gates: Gates, catalogue: Catalogue, facts: FactReader, urls: Urls) -> None:
        self._gates = gates
        self._facts = facts
        self._urls = urls
        self._addressed = Addressed(catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["gated access"], route_class=LeanRoute)
        for method, path, endpoint in (
            ("POST", f"{API}/ask-access", self.ask),
            ("GET", f"{API}/user-access-request/{{status}}", self.list_requests),
            ("POST", f"{API}/user-access-request/handle", self.handle),
            ("POST", f"{API}/user-access-request/grant", self.grant),
            ("GET", f"{API}/user-access-report", self.report),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    def ask(self, request: Request, body: dict[str, Any] | None = None) -> Response:
        """Ask for the files of a gated repo; the body holds the answers by the labels of their fields."""
        actor, repo = self._addressed.both(request)
        form = read_gate_form(self._facts.get(repo).card)
        asked = self._gates.ask(actor, repo, form, body or {})
        return JSONResponse(_own_shape(asked))

    def list_requests(self, request: Request) -> Response:
        """Who asked for the files of a gated repo, for its owners: pending, accepted or rejected."""
        actor, repo = self._addressed.both(request)
        page = self._gates.list_requests(
            actor,
            repo,
            read_status(request.path_params["status"]),
            limit=read_limit(request, default=PAGE_REQUESTS, most=1000),
            cursor=request.query_params.get("cursor"),
        )
        answer = JSONResponse([_shape(*item) for item in page.items])
        if page.cursor is not None:
            link_next(answer, request, self._urls, cursor=page.cursor)
        return answer

    def handle(self, request: Request, body: HandleBody) -> Response:
        """Accept or reject a request, or put it back into the queue."""
        actor, repo = self._addressed.both(request)
        answered = self._gates.answer(
            actor, repo, read_status(body.status),
            user=body.user, request_id=body.requestId, reason=body.rejectionReason,
        )  # fmt: skip
        return JSONResponse({"requestId": answered.id, "status": answered.status})

    def grant(self, request: Request, body: GrantBody) -> Response:
        """Let somebody in who need not have asked."""
        actor, repo = self._addressed.both(request)
        granted = self._gates.grant(actor, repo, body.user)
        return JSONResponse({"requestId": granted.id, "status": granted.status})

    def report(self, request: Request) -> Response:
        """Everybody who asked, as CSV."""
        actor, repo = self._addressed.both(request)
        name = f"{repo.ref.namespace}-{repo.ref.name}-access.csv"
        return report_of(self._gates, actor, repo, name)


def report_of(gates: Gates, actor: Actor, repo: Repo, file_name: str) -> Response:
    """Every request of `repo` as a CSV file. Raises Forbidden before the first byte."""
    gates.count_requests(actor, repo)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_csv(gates, actor, repo), media_type="text/csv; charset=utf-8", headers=headers)


def read_status(text: str) -> AccessStatus:
    if text not in STATUSES:
        raise Invalid(f"status: {text[:40]!r} is none; use one of {', '.join(STATUSES)}.")
    return text


def _shape(request: AccessRequest, asker: User) -> dict[str, Any]:
    """Whoever was let in without asking gave nobody an address."""
    user = {"_id": asker.id, "user": asker.name, "fullname": asker.fullname}
    shape: dict[str, Any] = {
        "requestId": request.id,
        "user": {**user, "email": asker.email} if request.has_asked else user,
        "status": request.status,
        "timestamp": iso(request.asked_at),
    }
    if request.answers:
        shape["fields"] = dict(request.answers)
    if request.answered_by is not None:
        shape["grantedBy" if not request.has_asked else "answeredBy"] = request.answered_by
    if request.reason is not None:
        shape["rejectionReason"] = request.reason
    return shape


def _own_shape(request: AccessRequest) -> dict[str, Any]:
    return {"requestId": request.id, "status": request.status, "timestamp": iso(request.asked_at)}


def _csv(gates: Gates, actor: Actor, repo: Repo) -> Iterator[str]:
    yield _line(("username", "fullname", "email", "status", "timestamp", "reason", "fields"))
    cursor = None
    while True:
        page = gates.list_requests(actor, repo, None, limit=1000, cursor=cursor)
        for request, asker in page.items:
            yield _line(_cells(request, asker))
        cursor = page.cursor
        if cursor is None:
            return


def _cells(request: AccessRequest, asker: User) -> tuple[str, ...]:
    email = asker.email if request.has_asked else None
    return (
        asker.name, asker.fullname, email or "", request.status, iso(request.asked_at), request.reason or "",
        _in_words(request.answers),
    )  # fmt: skip


def _in_words(answers: Mapping[str, str | bool]) -> str:
    return "; ".join(f"{label}: {'yes' if value is True else value}" for label, value in answers.items())


def _line(cells: tuple[str, ...]) -> str:
    """One line, whose cells no spreadsheet takes for formulas."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
    return buffer.getvalue()
