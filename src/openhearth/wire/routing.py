"""Routing on the raw path: `refs%2Fpr%2F1` stays one segment, and each parameter is decoded exactly once.

`{rev:seg}` is one segment, `{path:rest}` the rest of the address with its slashes; both arrive decoded.
`RouteTable` finds a route by the first word of its address: trying some two hundred one after the other
costs more than answering.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from fastapi.routing import APIRoute
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import BaseRoute, Match, Route, request_response
from starlette.types import ASGIApp, Receive, Scope, Send

from openhearth.errors import Invalid


def _decode(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise Invalid(f"address: {text[:80]!r} is not percent-encoded UTF-8.") from None


class SegmentConvertor(Convertor[str]):
    regex: ClassVar[str] = "[^/]+"

    def convert(self, value: str) -> str:
        return _decode(value)

    def to_string(self, value: str) -> str:
        return quote(value, safe="")


class RestConvertor(Convertor[str]):
    regex: ClassVar[str] = ".+"

    def convert(self, value: str) -> str:
        return _decode(value)

    def to_string(self, value: str) -> str:
        return quote(value, safe="/")


register_url_convertor("seg", SegmentConvertor())
register_url_convertor("rest", RestConvertor())


class RawPath:
    """Let the router see the path as it was sent. Must be the outermost layer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
            scope = {**scope, "path": raw.decode("latin-1")}
        await self.app(scope, receive, send)


class RouteTable(BaseRoute):
    """Finds a plain route among `routes`: those that begin with a fixed word come before those that begin otherwise.

    Within both kinds the first that matches answers; if none allows the method, the first refuses it. An address that
    the first kind knows, though not with this method, is none of a namespace.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        found = [
            (_first_word(route), route.path_regex, route) for route in routes if isinstance(route, Route)
        ]
        self._open = [(pattern, route) for word, pattern, route in found if word is None]
        self._by_word = {
            known: [(pattern, route) for word, pattern, route in found if word == known]
            for known in {word for word, _, _ in found if word is not None}
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        path: str = scope["path"]
        known = self._by_word.get(path[1:].partition("/")[0], ())
        found = _find(known, path, scope) or _find(self._open, path, scope)
        return (Match.FULL, found) if found is not None else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["route"].handle(scope, receive, send)


def _find(routes: Sequence[tuple[re.Pattern[str], Route]], path: str, scope: Scope) -> Scope | None:
    """The first of `routes` that matches; if none allows the method, the first that refuses it."""
    refused: Scope | None = None
    for pattern, route in routes:
        if pattern.match(path) is None:
            continue
        match, child_scope = route.matches(scope)
        child_scope["route"] = route
        if match is Match.FULL:
            return child_scope
        refused = refused or child_scope
    return refused


def _first_word(route: Route) -> str | None:
    """The fixed first segment of a route's address; None for one that begins with a parameter."""
    first = route.path[1:].partition("/")[0]
    return None if "{" in first else first


class LeanRoute(APIRoute):
    """Documented like every route of FastAPI; an endpoint that takes the request alone is called without its detours."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if list(inspect.signature(endpoint).parameters) == ["request"]:
            self.app = request_response(endpoint)
