"""What every answer with the bytes of a file has in common: safe headers, ranges, conditions, its name."""

from urllib.parse import quote

from starlette.requests import Request

from openhearth.errors import RangeInvalid
from openhearth.kit.ranges import ByteRange, parse_range

# What users uploaded is never answered as a page: no HTML, no scripts.
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


def requested_span(request: Request, etag: str, size_bytes: int) -> ByteRange | None:
    """The range to answer with; a range of an older version is none of this one (RFC 9110, If-Range)."""
    if request.method == "HEAD" or request.headers.get("if-range", etag).removeprefix("W/") != etag:
        return None
    try:
        return parse_range(request.headers.get("range"), size_bytes)
    except RangeInvalid as error:
        error.headers["ETag"] = etag
        raise


def is_unchanged(request: Request, etag: str) -> bool:
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    return given.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in given.split(","))


def disposition(name: str, *, download: bool) -> str:
    """Names in any script: a plain one for old clients, the true one in UTF-8 (RFC 6266)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)
    kind = "attachment" if download else "inline"
    return f"{kind}; filename*=UTF-8''{quote(name, safe='')}; filename=\"{plain}\";"
