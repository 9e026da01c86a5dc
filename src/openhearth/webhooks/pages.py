"""Settings → Webhooks: the list, the form, and what was sent. The same for a person and for an organisation."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.accounts.pages.routes import ACCEPTED, Refused, form_route, page_route
from openhearth.errors import Conflict, HubError, Invalid
from openhearth.web import Web
from openhearth.webhooks.records import DOMAINS, Delivery, Watched, Webhook, WebhookSpec
from openhearth.webhooks.service import Webhooks
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of

DELIVERIES_A_PAGE = 20


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Context of `webhooks/list.html`."""

    base: str = field(metadata={"help": "The address of this list"})
    organisation: str | None
    webhooks: Sequence[Webhook]


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """Context of `webhooks/form.html`."""

    base: str
    organisation: str | None
    action: str
    webhook: Webhook | None = field(metadata={"help": "What is edited; None for a new one"})
    url: str
    watched: str = field(metadata={"help": "What was typed: one watched thing a line"})
    domains: Sequence[str]
    refused: Refused = ACCEPTED


@dataclass(frozen=True, kw_only=True)
class WebhookPage:
    """Context of `webhooks/webhook.html`."""

    base: str
    organisation: str | None
    webhook: Webhook
    deliveries: Sequence[tuple[Delivery, str]] = field(metadata={"help": "Each with its message, indented"})
    more_href: str | None
    replayed: bool


class Pages:
    def __init__(self, webhooks: Webhooks, *, web: Web) -> None:
        self._webhooks = webhooks
        self._web = web

    def routes(self) -> list[Route]:
        return [
            route
            for base in ("/settings/webhooks", "/organizations/{org}/settings/webhooks")
            for route in (
                page_route(base, self.show_list),
                page_route(f"{base}/new", self.show_new),
                form_route(f"{base}/new", self.create),
                page_route(f"{base}/{{id}}", self.show_one),
                page_route(f"{base}/{{id}}/edit", self.show_edit),
                form_route(f"{base}/{{id}}/edit", self.update),
                form_route(f"{base}/{{id}}/switch", self.switch),
                form_route(f"{base}/{{id}}/delete", self.delete),
                form_route(f"{base}/{{id}}/deliveries/{{delivery}}/replay", self.replay),
            )
        ]

    def show_list(self, request: Request) -> Response:
        organisation = _organisation(request)
        page = ListPage(
            base=_base(request),
            organisation=organisation,
            webhooks=self._webhooks.list_webhooks(actor_of(request), organisation),
        )
        return self._web.page(request, "webhooks/list.html", page)

    def show_new(self, request: Request) -> Response:
        self._webhooks.list_webhooks(actor_of(request), _organisation(request))  # refuses who may not
        watched = (
            f"org {_organisation(request)}" if _organisation(request) else f"user {actor_of(request).name}"
        )
        return self._form(request, None, url="", watched=watched, domains=DOMAINS)

    def create(self, request: Request, form: FormData) -> Response:
        try:
            made = self._webhooks.create(actor_of(request), _read(form), _organisation(request))
        except (Invalid, Conflict) as error:
            return self._form_again(request, None, form, error)
        return RedirectResponse(f"{_base(request)}/{made.id}", 303)

    def show_edit(self, request: Request) -> Response:
        webhook = self._get(request)
        watched = "\n".join(map(_line, webhook.watched))
        return self._form(request, webhook, url=webhook.url, watched=watched, domains=webhook.domains)

    def update(self, request: Request, form: FormData) -> Response:
        webhook = self._get(request)
        try:
            self._webhooks.update(actor_of(request), webhook.id, _read(form), _organisation(request))
        except Invalid as error:
            return self._form_again(request, webhook, form, error)
        return RedirectResponse(f"{_base(request)}/{webhook.id}", 303)

    def show_one(self, request: Request) -> Response:
        webhook = self._get(request)
        page = self._webhooks.list_deliveries(
            actor_of(request), webhook.id, _organisation(request),
            limit=DELIVERIES_A_PAGE, cursor=request.query_params.get("cursor"),
        )  # fmt: skip
        shown = WebhookPage(
            base=_base(request),
            organisation=_organisation(request),
            webhook=webhook,
            deliveries=[(delivery, _indented(delivery)) for delivery in page.items],
            more_href=f"{_base(request)}/{webhook.id}?cursor={page.cursor}" if page.cursor else None,
            replayed="replayed" in request.query_params,
        )
        return self._web.page(request, "webhooks/webhook.html", shown)

    def switch(self, request: Request, form: FormData) -> Response:
        on = text_of(form, "on") == "1"
        webhook_id = request.path_params["id"]
        self._webhooks.switch(actor_of(request), webhook_id, _organisation(request), on=on)
        return RedirectResponse(f"{_base(request)}/{webhook_id}", 303)

    def delete(self, request: Request, _form: FormData) -> Response:
        self._webhooks.delete(actor_of(request), request.path_params["id"], _organisation(request))
        return RedirectResponse(_base(request), 303)

    def replay(self, request: Request, _form: FormData) -> Response:
        webhook_id, delivery_id = request.path_params["id"], request.path_params["delivery"]
        self._webhooks.replay(actor_of(request), webhook_id, delivery_id, _organisation(request))
        return RedirectResponse(f"{_base(request)}/{webhook_id}?replayed", 303)

    def _get(self, request: Request) -> Webhook:
        return self._webhooks.get(actor_of(request), request.path_params["id"], _organisation(request))

    def _form_again(
        self, request: Request, webhook: Webhook | None, form: FormData, error: HubError
    ) -> Response:
        """The form with what was typed; a secret is typed again."""
        return self._form(
            request, webhook,
            url=text_of(form, "url", default=""),
            watched=text_of(form, "watched", default=""),
            domains=[str(name) for name in form.getlist("domains")],
            error=error,
        )  # fmt: skip

    def _form(
        self,
        request: Request,
        webhook: Webhook | None,
        *,
        url: str,
        watched: str,
        domains: Sequence[str],
        error: HubError | None = None,
    ) -> Response:
        base = _base(request)
        page = FormPage(
            base=base,
            organisation=_organisation(request),
            action=f"{base}/{webhook.id}/edit" if webhook else f"{base}/new",
            webhook=webhook,
            url=url,
            watched=watched,
            domains=domains,
            refused=_refused(error),
        )
        status = error.status if error else 200
        return self._web.page(request, "webhooks/form.html", page, status=status)


def _refused(error: HubError | None) -> Refused:
    if error is None:
        return ACCEPTED
    name = error.message.partition(":")[0].partition(".")[0]
    known = name if name in ("url", "watched", "domains", "secret") else ""
    return Refused(field=known, message=error.message)


def _organisation(request: Request) -> str | None:
    found: str | None = request.path_params.get("org")
    return found


def _base(request: Request) -> str:
    organisation = _organisation(request)
    return f"/organizations/{organisation}/settings/webhooks" if organisation else "/settings/webhooks"


def _line(watched: Watched) -> str:
    return f"{watched.type} {watched.name}"


def _read(form: FormData) -> WebhookSpec:
    """An empty secret field leaves the secret as it is; the box beside it takes it away. Raises Invalid."""
    secret: str | None = text_of(form, "secret", default="")
    if not secret and not text_of(form, "no_secret", default=""):
        secret = None
    return WebhookSpec(
        url=text_of(form, "url"),
        secret=secret,
        domains=[str(name) for name in form.getlist("domains")],
        watched=[_read_line(line) for line in text_of(form, "watched").splitlines() if line.strip()],
    )


def _read_line(line: str) -> tuple[str, str]:
    kind, _, name = line.strip().replace(":", " ", 1).partition(" ")
    return kind.lower(), name.strip()


def _indented(delivery: Delivery) -> str:
    return json.dumps(delivery.payload, indent=2, ensure_ascii=False)
