"""JSON routes: the log page by page, and whole as JSON lines."""

import json
from collections.abc import Iterable, Iterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from openhearth.audit.asking import read_filter
from openhearth.audit.records import Logged
from openhearth.audit.service import Audit
from openhearth.audit.wire_shapes import shape_of
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_limit
from openhearth.wire.request import actor_of
from openhearth.wire.routing import LeanRoute

_ORG = "/api/organizations/{name}/audit-log"
_HUB = "/api/audit-log"


class AuditApi:
    def __init__(self, audit: Audit, *, urls: Urls) -> None:
        self._audit = audit
        self._urls = urls

    def router(self) -> APIRouter:
        router = APIRouter(tags=["audit log"], route_class=LeanRoute)
        for path, endpoint in (
            (_ORG, self.list_entries),
            (f"{_ORG}/export", self.export),
            (_HUB, self.list_entries),
            (f"{_HUB}/export", self.export),
        ):
            router.add_api_route(path, endpoint, methods=["GET"], response_class=JSONResponse)
        return router

    def list_entries(self, request: Request) -> Response:
        """The newest entries first; of an organisation for its admins, of the hub for its administrators."""
        actor = actor_of(request)
        page = self._audit.list_entries(
            actor,
            read_filter(request, request.path_params.get("name")),
            limit=read_limit(request, default=100, most=1000),
            cursor=request.query_params.get("cursor"),
        )
        answer = JSONResponse([shape_of(line, with_address=actor.is_site_admin) for line in page.items])
        if page.cursor is not None:
            link_next(answer, request, self._urls, cursor=page.cursor)
        return answer

    def export(self, request: Request) -> Response:
        """Every entry, the oldest first, one JSON object a line."""
        actor, name = actor_of(request), request.path_params.get("name")
        found = self._audit.export(actor, read_filter(request, name))
        headers = {
            "Content-Disposition": f'attachment; filename="{name or "hub"}-audit-log.jsonl"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(
            json_lines(found, with_address=actor.is_site_admin),
            media_type="application/x-ndjson",
            headers=headers,
        )


def json_lines(found: Iterable[Logged], *, with_address: bool) -> Iterator[str]:
    for line in found:
        yield json.dumps(shape_of(line, with_address=with_address), ensure_ascii=False) + "\n"
