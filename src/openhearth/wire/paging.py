"""Paging by `Link: <…>; rel="next"`, as huggingface_hub's `paginate` follows it (utils/_pagination.py)."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from openhearth.errors import Invalid
from openhearth.urls import Urls


def link_next(response: Response, request: Request, urls: Urls, **changed: object) -> None:
    """Point to the same address with `changed` query parameters (a cursor, a page number)."""
    query = [(k, v) for k, v in request.query_params.multi_items() if k not in changed]
    query += [(k, str(v)) for k, v in changed.items()]
    response.headers["Link"] = f'<{urls.absolute(request.scope["path"])}?{urlencode(query)}>; rel="next"'


def read_limit(request: Request, *, default: int, most: int) -> int:
    """The `limit` parameter, at most `most`. Raises Invalid if it is no positive number."""
    text = request.query_params.get("limit")
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise Invalid(f"limit: {text[:40]!r} is no positive whole number.")
    return min(int(text), most)


def read_flag(request: Request, name: str) -> bool:
    """A boolean in any spelling clients use: true, True, 1, or the bare name."""
    text = request.query_params.get(name)
    return text is not None and text.lower() in ("true", "1", "yes", "")


def read_many(request: Request, name: str) -> list[str]:
    """A repeated parameter, spelled `a=x&a=y` or `a[]=x`; commas separate too."""
    found = request.query_params.getlist(name) + request.query_params.getlist(f"{name}[]")
    return [part for value in found for part in value.split(",") if part]
