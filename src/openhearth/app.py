"""Settings → stores → rooms → ASGI application."""

import contextlib
import functools
import gc
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.openapi.utils import get_openapi
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth import __version__
from openhearth.audit import AuditLayer
from openhearth.config import Settings, load_settings
from openhearth.errors import HubError, Invalid, NotFound
from openhearth.kit.clock import Clock
from openhearth.rooms import Hub, build_hub
from openhearth.wire.limits import BodyLimit
from openhearth.wire.memory import keep_memory
from openhearth.wire.render import render_error
from openhearth.wire.request import Identification
from openhearth.wire.request_limit import RequestLimit
from openhearth.wire.routing import RawPath, RouteTable
from openhearth.wire.trace import Trace

log = logging.getLogger(__name__)


class InternalError(HubError):
    """Something of ours broke. The log carries the trace, the answer only the request id to find it by."""


def create_app(settings: Settings | None = None) -> Starlette:
    return app_of(build_hub(settings or load_settings()))


def app_of(hub: Hub) -> Starlette:
    """The ASGI application of `hub`. Middleware from the outside in: raw path, request id, the audit log, who is asking.

    Starlette's own, and not FastAPI's, which adds three layers to every request that nothing here uses.
    """
    ground = hub.ground
    routes = [Route("/health", _health), Route("/metrics", _metrics), *ground.web.routes()]
    routes += [route for room in hub.rooms for route in room.routes]
    routes.append(Route("/api/openapi.json", _describe(routes), name="openapi"))
    app = Starlette(
        # The table answers; the routes themselves are listed behind it for what is no plain route, and for documents.
        routes=[RouteTable(routes), *routes],
        lifespan=lambda _app: _run_rooms(hub),
        middleware=[
            Middleware(RawPath),
            Middleware(Trace),
            Middleware(AuditLayer, audit=hub.audit, clock=ground.clock),
            Middleware(
                Identification, accounts=hub.accounts, secret=ground.secret, own_origin=ground.urls.base
            ),
            *_rate_limit(ground.settings, ground.clock),
            Middleware(BodyLimit),
            Middleware(AsyncExitStackMiddleware),  # FastAPI's routes close uploaded files with it
        ],
        exception_handlers={
            HubError: _render,
            RequestValidationError: _render_validation,
            HTTPException: _render_http,
            ClientDisconnect: _render_nothing,
            Exception: _render_crash,
        },
    )
    app.router.redirect_slashes = False
    app.state.error_page = ground.web.error_page
    return app


def _rate_limit(settings: Settings, clock: Clock) -> list[Middleware]:
    if settings.rate_limit == "off" or settings.requests_max <= 0:
        return []
    return [Middleware(RequestLimit, most=settings.requests_max, clock=clock)]


@contextlib.asynccontextmanager
async def _run_rooms(hub: Hub) -> AsyncIterator[None]:
    keep_memory()
    for start in (call for room in hub.rooms for call in room.on_start):
        start()
    gc.freeze()  # what was made so far stays: no collection needs to look at it again
    yield
    for stop in (call for room in reversed(hub.rooms) for call in room.on_stop):
        stop()
    hub.ground.storage.xet.close()
    hub.ground.db.close()


def _describe(routes: Sequence[BaseRoute]) -> Callable[[Request], Response]:
    """The endpoint that describes `routes` as OpenAPI, worked out when first asked for."""

    @functools.cache
    def description() -> Mapping[str, Any]:
        described = get_openapi(title="Openhearth", version=__version__, routes=routes)
        # `{rev:seg}` is our router's spelling; OpenAPI knows only `{rev}`.
        paths = {re.sub(r"\{(\w+):\w+\}", r"{\1}", path): item for path, item in described["paths"].items()}
        return {**described, "paths": paths}

    return lambda _request: JSONResponse(description())


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok", "version": __version__})


async def _metrics(_request: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _render(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    return render_error(request, error)


async def _render_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
    return render_error(
        request, Invalid(f"{field}: {first['msg']} (got {str(first.get('input'))[:80]!r}).", param=field)
    )


async def _render_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals: no route, or not with this method."""
    assert isinstance(error, HTTPException)
    refusal: HubError
    if error.status_code == 404:
        refusal = NotFound(f"There is nothing at {request.scope['path']}.")
    else:
        allowed = (error.headers or {}).get("Allow", "")
        wanted = f"; use {allowed}" if allowed else f": {error.detail}"
        refusal = HubError(
            f"{request.method} is not for {request.scope['path']}{wanted}.", headers=error.headers
        )
        refusal.status = error.status_code
    return render_error(request, refusal)


async def _render_nothing(_request: Request, _error: Exception) -> Response:
    """Whoever asked has left: nobody reads this, and nothing is wrong."""
    return Response(status_code=499)


async def _render_crash(request: Request, error: Exception) -> Response:
    request_id = request.scope.get("state", {}).get("request_id", "")
    log.error("request %s failed", request_id, exc_info=error)
    return render_error(
        request, InternalError(f"The hub failed on this request; its log has the details under {request_id}.")
    )
