"""Errors become answers here and nowhere else: one error, six dialects.

Every dialect carries `X-Error-Code` and `X-Error-Message`: huggingface_hub builds its exception from these
headers first (utils/_http.py `hf_raise_for_status`). Over plain http, a missing repo is recognised by the code alone.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from openhearth.errors import HubError

Dialect = Literal["hub", "lfs", "git", "openai", "oauth", "page"]
PageRenderer = Callable[[Request, HubError], Response]

_LFS = re.compile(r"/info/lfs/|^/lfs/")
_GIT = re.compile(r"/(info/refs|git-upload-pack|git-receive-pack)$")
_OPENAI = re.compile(r"^/(models/[^/]+/[^/]+/)?v1/")
_OAUTH = re.compile(r"^/oauth/(token|device|revoke|introspect|userinfo|jwks)$")
_HUB = re.compile(r"^/(api|cas)|/(resolve|raw)/")


def dialect_of(request: Request) -> Dialect:
    path: str = request.scope["path"]
    if _LFS.search(path):
        return "lfs"
    if _GIT.search(path):
        return "git"
    if _OPENAI.search(path):
        return "openai"
    if _OAUTH.search(path):
        return "oauth"
    if _HUB.search(path) or "text/html" not in request.headers.get("accept", ""):
        return "hub"
    return "page"


def render_error(request: Request, error: HubError) -> Response:
    """The answer for `error` in the dialect of `request`."""
    request.scope.setdefault("state", {})["error"] = error  # for whoever keeps a log
    # A message may quote half a character of what was sent; no answer can carry one.
    error.message = error.message.encode(errors="replace").decode()
    response = _body(request, error, dialect_of(request))
    for name, value in error.headers.items():
        response.headers[name] = value
    one_line = " ".join(error.message.split())
    # Raw bytes: messages name files, and header values outside ASCII travel as UTF-8 (httpx reads them so).
    response.raw_headers.append((b"x-error-message", one_line.encode(errors="replace")[:2000]))
    if error.code:
        response.headers["X-Error-Code"] = error.code
    if request.method == "HEAD":
        response.body = b""
    return response


def _body(request: Request, error: HubError, dialect: Dialect) -> Response:
    if dialect == "page":
        renderer: PageRenderer | None = (
            getattr(request.app.state, "error_page", None) if "app" in request.scope else None
        )
        if renderer is not None:
            return renderer(request, error)
    if dialect == "lfs":
        return JSONResponse(
            {"message": error.message}, error.status, media_type="application/vnd.git-lfs+json"
        )
    if dialect == "git":
        response = PlainTextResponse(error.message + "\n", error.status)
        if error.status == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="openhearth"'
        return response
    if dialect == "openai":
        return JSONResponse({"error": _openai_body(error)}, error.status)
    if dialect == "oauth":
        return JSONResponse(_oauth_body(error), error.status, {"Cache-Control": "no-store"})
    return JSONResponse({"error": error.message, **error.extra}, error.status)


def _oauth_body(error: HubError) -> dict[str, object]:
    """RFC 6749 section 5.2; where the error names no code of its own, the nearest one."""
    codes = {401: "invalid_token", 429: "temporarily_unavailable", 500: "server_error"}
    code = error.extra.get("error", codes.get(error.status, "invalid_request"))
    return {"error": code, "error_description": error.message}


def _openai_body(error: HubError) -> dict[str, object]:
    kinds = {
        401: "authentication_error",
        403: "permission_error",
        404: "not_found_error",
        429: "rate_limit_error",
    }
    kind = kinds.get(error.status, "invalid_request_error" if error.status < 500 else "server_error")
    return {"message": error.message, "type": kind, "param": error.extra.get("param"), "code": error.code}


ErrorHandler = Callable[[Request, Exception], Awaitable[Response]]
