"""Fetching what a link leads to, from public addresses only.

The name is looked up once, every address it has is checked, and the connection goes to the address that was checked:
a name that changes its mind in between leads nowhere. Redirects are checked alike.
"""

import contextlib
import http.client
import re
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from openhearth.errors import Forbidden, HubError, Invalid, NotFound, TooLarge, UpstreamFailed
from openhearth.kit.addresses import find_objection

FETCH_MAX_BYTES = 200 << 20
REDIRECTS_MAX = 5
TIMEOUT_S = 30.0  # without a byte
FETCH_MAX_S = 180.0  # in all: a server that sends a byte now and then is never silent
_BLOCK_BYTES = 1 << 20
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32  # zlib tells them apart by their heads
_LINK = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Some sites answer nothing to a client that does not say who it is.
_HEADERS = {"User-Agent": "openhearth", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


@dataclass(frozen=True)
class Fetched:
    """What stood at `url`, after redirects. `content_type` without parameters, lower case."""

    url: str
    content_type: str
    content: bytes
    charset: str | None = None


def is_link(text: str) -> bool:
    """Whether `text` is a link and nothing else: a text that merely begins with `http` is a text."""
    return _LINK.fullmatch(text.strip()) is not None


def fetch(link: str, *, allow_private: bool = False, limit_bytes: int = FETCH_MAX_BYTES) -> Fetched:
    """What `link` leads to.

    Raises Forbidden for an address that is not public, NotFound for 404, UpstreamFailed for other failures,
    TooLarge above `limit_bytes`, Invalid for what is no http(s) link.
    """
    url = link.strip()
    for _ in range(REDIRECTS_MAX + 1):
        answer = _ask(url, allow_private, limit_bytes)
        if isinstance(answer, Fetched):
            return answer
        try:
            url = urljoin(url, answer)
        except ValueError:
            raise UpstreamFailed(
                f"link: {link} redirects to {answer[:200]!r}, which is no address; give the one it should end at."
            ) from None
    raise UpstreamFailed(
        f"link: {link} redirects more than {REDIRECTS_MAX} times; give the address it ends at."
    )


def _ask(url: str, allow_private: bool, limit_bytes: int) -> Fetched | str:
    """The answer at `url`, or where it redirects to."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address of version 6
        parts = SplitResult("", "", "", "", "")
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise Invalid(f"link: {url[:200]!r} is no http or https address; give one, or the path of a file.")
    try:
        with contextlib.closing(_connect(parts, allow_private)) as connection, _cut_off(connection, url):
            return _converse(connection, parts, url, limit_bytes)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise UpstreamFailed(
            f"link: {url} cannot be fetched ({error}); check it, or download it and give the file."
        ) from None


@contextlib.contextmanager
def _cut_off(connection: http.client.HTTPConnection, url: str) -> Iterator[None]:
    """Close the line when the whole of it has taken too long. Raises UpstreamFailed then, whatever that ended in."""
    opened: socket.socket = connection.sock
    late = threading.Event()

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(FETCH_MAX_S, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, UpstreamFailed):
        if not late.is_set():
            raise
    finally:
        timer.cancel()
    if late.is_set():
        raise UpstreamFailed(
            f"link: {url} takes longer than {FETCH_MAX_S:g} seconds; download it and give the file."
        )


def _converse(
    connection: http.client.HTTPConnection, parts: SplitResult, url: str, limit_bytes: int
) -> Fetched | str:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", target, headers={**_HEADERS, "Host": parts.netloc.rpartition("@")[2]})
    response = connection.getresponse()
    if response.status in _REDIRECTS and (place := response.headers.get("Location")):
        return place
    if response.status != 200:
        raise _refusal(url, response.status, response.reason)
    return Fetched(
        url=url,
        content_type=response.headers.get_content_type().lower(),
        content=_unpacked(_receive(response, url, limit_bytes), response, url, limit_bytes),
        charset=response.headers.get_content_charset(),
    )


def _refusal(url: str, status: int, reason: str) -> HubError:
    if status in (404, 410):
        return NotFound(f"link: there is nothing at {url} (it answered {status}); check the address.")
    return UpstreamFailed(
        f"link: {url} answered {status} {reason}; open it in a browser and give the saved file."
    )


def _connect(parts: SplitResult, allow_private: bool) -> http.client.HTTPConnection:
    assert parts.hostname is not None
    try:
        port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    except ValueError:
        raise Invalid(f"link: the port of {parts.netloc!r} is no number up to 65535; mend it.") from None
    address = _checked_address(parts.hostname, port, allow_private)
    opened = socket.create_connection((address, port), timeout=TIMEOUT_S)
    connection = http.client.HTTPConnection(parts.hostname, port, timeout=TIMEOUT_S)
    if parts.scheme.lower() == "https":
        opened = ssl.create_default_context().wrap_socket(opened, server_hostname=parts.hostname)
    connection.sock = opened
    return connection


def _checked_address(host: str, port: int, allow_private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UpstreamFailed(
            f"link: the name {host!r} is not known; check the address, and that you are online."
        ) from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        objection = None if allow_private else find_objection(address)
        if objection is not None:
            raise Forbidden(
                f"link: {host} is {address}, which is {objection}; only public addresses are fetched. "
                "Set OPENHEARTH_FETCH_ALLOW_PRIVATE=1 to allow your own network."
            )
    return addresses[0]


def _receive(response: http.client.HTTPResponse, url: str, limit_bytes: int) -> bytes:
    blocks: list[bytes] = []
    total = response.length or 0  # what it says it will send, where it says so
    while total <= limit_bytes:
        if not (block := response.read(_BLOCK_BYTES)):
            if response.length:  # what is still to come
                raise UpstreamFailed(
                    f"link: {url} broke off before its end; try again, or download it and give the file."
                )
            return b"".join(blocks)
        blocks.append(block)
        total = max(total, sum(map(len, blocks)))
    raise TooLarge(f"link: {url} gives more than {limit_bytes >> 20} MiB; give the part you need as a file.")


def _unpacked(content: bytes, response: http.client.HTTPResponse, url: str, limit_bytes: int) -> bytes:
    """`content` as it was before it was packed, which some servers do without being asked."""
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing in ("identity", ""):
        return content
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise UpstreamFailed(
            f"link: {url} answers packed as {packing[:40]!r}; download it and give the file."
        )
    try:
        unpacked = zlib.decompressobj(_GZIP_OR_ZLIB).decompress(content, limit_bytes + 1)
    except zlib.error as error:
        raise UpstreamFailed(
            f"link: {url} cannot be unpacked ({error}); download it and give the file."
        ) from None
    if len(unpacked) > limit_bytes:
        raise TooLarge(
            f"link: {url} unpacks to more than {limit_bytes >> 20} MiB; give the part you need as a file."
        )
    return unpacked
