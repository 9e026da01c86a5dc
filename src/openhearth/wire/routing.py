"""Routing on the raw path: `refs%2Fpr%2F1` stays one segment, and each parameter is decoded exactly once.

`{rev:seg}` is one segment, `{path:rest}` the rest of the address with its slashes; both arrive decoded.
"""

from typing import ClassVar
from urllib.parse import quote, unquote

from starlette.convertors import Convertor, register_url_convertor
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
