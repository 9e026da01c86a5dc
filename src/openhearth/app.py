"""Settings → stores → rooms → ASGI application."""

import contextlib
import logging
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from openhearth import __version__
from openhearth.config import Settings, load_settings
from openhearth.errors import HubError, Invalid, NotFound
from openhearth.rooms import Hub, build_hub
from openhearth.wire.render import render_error
from openhearth.wire.request import Identification
from openhearth.wire.routing import RawPath
from openhearth.wire.trace import Trace

log = logging.getLogger(__name__)


class InternalError(HubError):
    """Something of ours broke. The log carries the trace, the answer only the request id to find it by."""


def create_app(settings: Settings | None = None) -> FastAPI:
    return app_of(build_hub(settings or load_settings()))


def app_of(hub: Hub) -> FastAPI:
    """The ASGI application of `hub`. Middleware from the outside in: raw path, request id, who is asking."""
    ground = hub.ground

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        for start in (call for room in hub.rooms for call in room.on_start):
            start()
        yield
        for stop in (call for room in reversed(hub.rooms) for call in room.on_stop):
            stop()
        ground.storage.xet.close()
        ground.db.close()

    app = FastAPI(
        title="Openhearth",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
        redirect_slashes=False,
        middleware=[
            Middleware(RawPath),
            Middleware(Trace),
            Middleware(
                Identification, accounts=hub.accounts, secret=ground.secret, own_origin=ground.urls.base
            ),
        ],
        exception_handlers={
            HubError: _render,
            RequestValidationError: _render_validation,
            HTTPException: _render_http,
            Exception: _render_crash,
        },
    )
    app.state.error_page = ground.web.error_page
    app.router.routes.extend([Route("/health", _health), Route("/metrics", _metrics), *ground.web.routes()])
    for room in hub.rooms:
        app.router.routes.extend(room.routes)
    app.router.routes.sort(key=_specificity)
    return app


def _specificity(route: object) -> tuple[int, int]:
    """Addresses that begin with a fixed word before those that begin with a parameter; the order within is kept."""
    path: str = getattr(route, "path", "/")
    first = path.lstrip("/").partition("/")[0]
    return (1 if first.startswith("{") else 0, 0)


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
        refusal = HubError(
            f"{request.method} {request.scope['path']}: {error.detail}.", headers=error.headers
        )
        refusal.status = error.status_code
    return render_error(request, refusal)


async def _render_crash(request: Request, error: Exception) -> Response:
    request_id = request.scope.get("state", {}).get("request_id", "")
    log.error("request %s failed", request_id, exc_info=error)
    return render_error(
        request, InternalError(f"The hub failed on this request; its log has the details under {request_id}.")
    )
