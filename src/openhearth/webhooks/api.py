"""The JSON routes, as huggingface_hub calls them (hf_api.py `create_webhook` and its siblings).

The same routes stand below `/api/organizations/{org}/settings/webhooks` for the webhooks of an organisation.
"""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from openhearth.errors import Unsupported
from openhearth.kit.clock import iso
from openhearth.urls import Urls
from openhearth.webhooks.records import Delivery, Webhook, WebhookSpec
from openhearth.webhooks.service import Webhooks
from openhearth.wire.paging import link_next, read_limit
from openhearth.wire.request import actor_of

Json = dict[str, Any]
DELIVERIES_A_PAGE = 30


class WatchedBody(BaseModel):
    type: str
    name: str


class WebhookBody(BaseModel):
    """What is given is set; an empty list of watched things leaves them as they are, as the client sends it."""

    url: str | None = None
    secret: str | None = None
    domains: list[str] | None = None
    watched: list[WatchedBody] | None = None
    jobSourceId: str | None = None
    secrets: dict[str, str] | list[Any] | None = None

    def spec(self) -> WebhookSpec:
        """Raises Unsupported."""
        if self.jobSourceId is not None or self.secrets:
            raise Unsupported("jobSourceId: webhooks of this hub do not start jobs yet; give a url instead.")
        watched = [(item.type, item.name) for item in self.watched or ()]
        return WebhookSpec(url=self.url, secret=self.secret, domains=self.domains, watched=watched or None)


class Api:
    def __init__(self, webhooks: Webhooks, *, urls: Urls) -> None:
        self._webhooks = webhooks
        self._urls = urls

    def router(self) -> APIRouter:
        router = APIRouter(tags=["webhooks"])
        for base in ("/api/settings/webhooks", "/api/organizations/{org}/settings/webhooks"):
            for method, path, endpoint in (
                ("GET", "", self.list_webhooks),
                ("POST", "", self.create),
                ("GET", "/{webhook_id}", self.get),
                ("POST", "/{webhook_id}", self.update),
                ("DELETE", "/{webhook_id}", self.delete),
                ("POST", "/{webhook_id}/enable", self.enable),
                ("POST", "/{webhook_id}/disable", self.disable),
                ("GET", "/{webhook_id}/deliveries", self.list_deliveries),
                ("POST", "/{webhook_id}/deliveries/{delivery_id}/replay", self.replay),
            ):
                router.add_api_route(base + path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    def list_webhooks(self, request: Request) -> Response:
        found = self._webhooks.list_webhooks(actor_of(request), _organisation(request))
        return JSONResponse([_describe(webhook) for webhook in found])

    def create(self, request: Request, body: WebhookBody) -> Response:
        return _answer(self._webhooks.create(actor_of(request), body.spec(), _organisation(request)))

    def get(self, request: Request, webhook_id: str) -> Response:
        return _answer(self._webhooks.get(actor_of(request), webhook_id, _organisation(request)))

    def update(self, request: Request, webhook_id: str, body: WebhookBody) -> Response:
        actor, organisation = actor_of(request), _organisation(request)
        return _answer(self._webhooks.update(actor, webhook_id, body.spec(), organisation))

    def delete(self, request: Request, webhook_id: str) -> Response:
        self._webhooks.delete(actor_of(request), webhook_id, _organisation(request))
        return JSONResponse({"success": True})

    def enable(self, request: Request, webhook_id: str) -> Response:
        return self._switch(request, webhook_id, on=True)

    def disable(self, request: Request, webhook_id: str) -> Response:
        return self._switch(request, webhook_id, on=False)

    def _switch(self, request: Request, webhook_id: str, *, on: bool) -> Response:
        return _answer(self._webhooks.switch(actor_of(request), webhook_id, _organisation(request), on=on))

    def list_deliveries(self, request: Request, webhook_id: str) -> Response:
        """What was sent to a webhook, newest first, with how the last try went."""
        page = self._webhooks.list_deliveries(
            actor_of(request), webhook_id, _organisation(request), cursor=request.query_params.get("cursor"),
            limit=read_limit(request, default=DELIVERIES_A_PAGE, most=100),
        )  # fmt: skip
        response = JSONResponse([_describe_delivery(delivery) for delivery in page.items])
        if page.cursor:
            link_next(response, request, self._urls, cursor=page.cursor)
        return response

    def replay(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        """Send a delivery once more, as a new one."""
        actor, organisation = actor_of(request), _organisation(request)
        return JSONResponse(
            _describe_delivery(self._webhooks.replay(actor, webhook_id, delivery_id, organisation))
        )


def _organisation(request: Request) -> str | None:
    found: str | None = request.path_params.get("org")
    return found


def _answer(webhook: Webhook) -> Response:
    return JSONResponse({"webhook": _describe(webhook)})


def _describe(webhook: Webhook) -> Json:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "watched": [{"type": one.type, "name": one.name} for one in webhook.watched],
        "domains": list(webhook.domains),
        "secret": webhook.secret,
        "disabled": webhook.disabled,
    }


def _describe_delivery(delivery: Delivery) -> Json:
    return {
        "id": delivery.id,
        "event": delivery.event,
        "state": delivery.state,
        "createdAt": iso(delivery.created_at),
        "attempts": delivery.attempts,
        "triedAt": iso(delivery.tried_at) if delivery.tried_at else None,
        "durationMs": delivery.duration_ms,
        "request": delivery.payload,
        "response": {"status": delivery.status, "body": delivery.answer} if delivery.status else None,
        "error": delivery.error,
    }
