"""The log as a page: of one's own namespace, of an organisation, of the whole hub."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.audit.asking import FIELDS, read_filter
from openhearth.audit.records import VERDICTS, EntryFilter, Logged
from openhearth.audit.service import Audit
from openhearth.errors import Invalid
from openhearth.urls import with_query
from openhearth.web import Web
from openhearth.web.parts import Choice
from openhearth.wire.request import actor_of

PAGE_ENTRIES = 50


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """Context of `audit/audit_log.html`."""

    title: str
    here: str
    back_href: str = field(metadata={"help": "The page this one belongs to"})
    back_label: str
    lines: Sequence[Logged]
    verdicts: Sequence[Choice]
    values: Mapping[str, str] = field(metadata={"help": "What was asked for, by field"})
    error: str = field(metadata={"help": "Why the question makes no sense; empty if it does"})
    shows_addresses: bool
    export_href: str
    next_href: str = field(metadata={"help": "Older entries; empty at the end"})


class AuditPages:
    def __init__(self, audit: Audit, *, web: Web) -> None:
        self._audit = audit
        self._web = web

    def routes(self) -> list[Route]:
        return [
            Route("/settings/audit-log", self.show_own),
            Route("/settings/hub-audit-log", self.show_hub),
            Route("/organizations/{name}/audit-log", self.show_org),
        ]

    def show_own(self, request: Request) -> Response:
        name = actor_of(request).name
        if name is None:
            return RedirectResponse("/login?next=/settings/audit-log", 303)
        return self._page(request, name, f"What happened to {name}", "/settings", "Settings")

    def show_hub(self, request: Request) -> Response:
        if actor_of(request).is_anonymous:
            return RedirectResponse("/login?next=/settings/hub-audit-log", 303)
        return self._page(request, None, "What happened on this hub", "/settings", "Settings")

    def show_org(self, request: Request) -> Response:
        name = request.path_params["name"]
        if actor_of(request).is_anonymous:
            return RedirectResponse(with_query("/login", next=f"/organizations/{name}/audit-log"), 303)
        back = f"/organizations/{name}/settings"
        return self._page(request, name, f"What happened to {name}", back, f"Settings of {name}")

    def _page(
        self, request: Request, namespace: str | None, title: str, back_href: str, back_label: str
    ) -> Response:
        actor, here = actor_of(request), request.scope["path"]
        values = {name: request.query_params.get(name, "") for name in FIELDS}
        wanted, error = self._wanted(request, namespace)
        found = self._audit.list_entries(
            actor, wanted, limit=PAGE_ENTRIES, cursor=request.query_params.get("cursor")
        )
        query = [(name, text) for name, text in values.items() if text]
        page = AuditPage(
            title=title,
            here=here,
            back_href=back_href,
            back_label=back_label,
            lines=found.items,
            verdicts=[Choice(value="", label="Anything"), *_VERDICTS],
            values=values,
            error=error.message if error else "",
            shows_addresses=actor.is_site_admin,
            export_href=_export(namespace, query),
            next_href=f"{here}?{urlencode([*query, ('cursor', found.cursor)])}" if found.cursor else "",
        )
        return self._web.page(request, "audit/audit_log.html", page, status=400 if error else 200)

    def _wanted(self, request: Request, namespace: str | None) -> tuple[EntryFilter, Invalid | None]:
        try:
            return read_filter(request, namespace), None
        except Invalid as error:
            return EntryFilter(namespace=namespace), error


_LABELS = {"changed": "Changes", "read": "Readings of private or gated files", "refused": "Refusals"}
_VERDICTS = tuple(Choice(value=verdict, label=_LABELS[verdict]) for verdict in VERDICTS)


def _export(namespace: str | None, query: Sequence[tuple[str, str]]) -> str:
    """The route answers for whoever manages the namespace, a person's own included."""
    path = (
        "/api/audit-log/export" if namespace is None else f"/api/organizations/{namespace}/audit-log/export"
    )
    return f"{path}?{urlencode(query)}" if query else path
