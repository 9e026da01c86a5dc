"""The JSON routes, as huggingface_hub calls them (hf_api.py `list_papers`, `paper_info`, `list_daily_papers`)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from openhearth.errors import Invalid
from openhearth.kit.clock import iso
from openhearth.papers.records import Paper, PaperSpec
from openhearth.papers.service import Papers
from openhearth.repos import Listed
from openhearth.wire.paging import read_limit
from openhearth.wire.request import actor_of

Json = dict[str, Any]
_PAGES_MAX = 10_000


class PaperBody(BaseModel):
    id: str
    title: str
    authors: list[str] = Field(default_factory=list)
    summary: str = ""


class Api:
    def __init__(self, papers: Papers) -> None:
        self._papers = papers

    def router(self) -> APIRouter:
        router = APIRouter(tags=["papers"])
        for method, path, endpoint in (
            ("GET", "/api/papers/search", self.search),
            ("GET", "/api/papers/{paper_id}", self.get),
            ("POST", "/api/papers", self.enter),
            ("GET", "/api/daily_papers", self.list_daily),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    def search(self, request: Request) -> Response:
        limit = read_limit(request, default=20, most=120)
        found = self._papers.search(actor_of(request), request.query_params.get("q", "")[:250], limit=limit)
        return JSONResponse([_listed(paper) for paper in found])

    def get(self, request: Request, paper_id: str) -> Response:
        paper, linked = self._papers.get(actor_of(request), paper_id)
        answer = {
            **_describe(paper),
            "linkedModels": _repos(linked.models),
            "numTotalModels": linked.model_count,
            "linkedDatasets": _repos(linked.datasets),
            "numTotalDatasets": linked.dataset_count,
            "linkedSpaces": _repos(linked.spaces),
        }
        return JSONResponse(answer)

    def enter(self, request: Request, body: PaperBody) -> Response:
        """Say what a paper is: its title, authors and summary."""
        spec = PaperSpec(title=body.title, authors=body.authors, summary=body.summary)
        return JSONResponse(_describe(self._papers.enter(actor_of(request), body.id, spec)))

    def list_daily(self, request: Request) -> Response:
        """What people entered; `date`, `week` or `month` narrows to a span of time."""
        since, until = _span(request)
        page = request.query_params.get("p", "0")
        if not (page.isascii() and page.isdecimal() and int(page[:9]) <= _PAGES_MAX):
            raise Invalid(f"p: {page[:20]!r} is no page number.")
        found = self._papers.list_submitted(
            since=since, until=until, submitter=request.query_params.get("submitter"), page=int(page),
            limit=read_limit(request, default=50, most=100),
        )  # fmt: skip
        return JSONResponse([_listed(paper) for paper in found])


def _span(request: Request) -> tuple[datetime | None, datetime | None]:
    """The span of time that `date=2026-05-01`, `week=2026-W18` or `month=2026-05` names. Raises Invalid."""
    for name, layout in (("date", "%Y-%m-%d"), ("week", "%G-W%V-%u"), ("month", "%Y-%m")):
        text = request.query_params.get(name)
        if text is None:
            continue
        try:
            start = datetime.strptime(f"{text}-1" if name == "week" else text, layout).replace(tzinfo=UTC)
            days = {"date": 1, "week": 7, "month": 32}[name]
            end = start + timedelta(days=days)
        except (ValueError, OverflowError):
            raise Invalid(
                f"{name}: {text[:20]!r} cannot be read; write it like 2026-05-01, 2026-W18 or 2026-05."
            ) from None
        return start, end.replace(day=1) if name == "month" else end
    return None, None


def _describe(paper: Paper) -> Json:
    return {
        "id": paper.id,
        "title": paper.title,
        "authors": [{"name": name, "hidden": False} for name in paper.authors],
        "summary": paper.summary,
        "publishedAt": iso(paper.published_at),
        "upvotes": 0,
        **({"submittedOnDailyAt": iso(paper.submitted_at)} if paper.submitted_at else {}),
    }


def _listed(paper: Paper) -> Json:
    described = _describe(paper)
    return {
        "paper": described,
        "title": paper.title,
        "summary": paper.summary,
        "publishedAt": described["publishedAt"],
        "numComments": 0,
    }


def _repos(found: Sequence[Listed]) -> list[Json]:
    return [
        {
            "_id": listed.repo.key, "id": listed.repo.id, "author": listed.repo.ref.namespace, "likes": listed.repo.likes,
            "downloads": listed.repo.downloads, "lastModified": iso(listed.repo.last_modified),
            "private": listed.repo.is_private, "gated": listed.repo.gated or False,
        }
        for listed in found
    ]  # fmt: skip
