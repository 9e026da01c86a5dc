"""The one client through which the hub visits addresses that somebody typed: webhooks, links to pictures, mirrors.

A name is resolved once, every address it has is checked (`kit/addresses.py`), and the connection goes to an
address that was checked: a name that answers differently the next time gains nothing. Each redirect starts over.
What comes back is capped in bytes and in time, and arrives undecoded: nothing is inflated here.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Literal, Protocol

from yarl import URL

from openhearth import __version__
from openhearth.errors import Invalid, UpstreamFailed
from openhearth.kit.addresses import find_objection

TIMEOUT_S = 20.0
ANSWER_MAX_BYTES = 8 << 20
REDIRECTS_MAX = 5
ADDRESS_MAX_LENGTH = 2000
USER_AGENT = f"openhearth/{__version__}"
Method = Literal["GET", "HEAD", "POST"]
_KEEPS_METHOD = frozenset({307, 308})
_REDIRECTS = frozenset({301, 302, 303}) | _KEEPS_METHOD
_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost"})
# What a redirect to another origin must not carry along.
_FOR_THE_FIRST_ORIGIN = frozenset({"authorization", "cookie", "x-webhook-secret"})


@dataclass(frozen=True, kw_only=True)
class Call:
    """What to send where. `cut` takes the first `answer_max_bytes` of a longer answer instead of refusing it."""

    url: str
    method: Method = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout_s: float = TIMEOUT_S
    answer_max_bytes: int = ANSWER_MAX_BYTES
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, from `url` after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    duration_s: float


class Lookup(Protocol):
    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The addresses of `host`, at least one. Raises OSError."""
        ...


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """As the machine resolves names."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def check_url(text: str, *, field: str = "url") -> str:
    """Return `text` if it is an address that may be typed here; names are checked when they are visited. Raises Invalid."""
    try:
        url = URL(text)
        usable = url.scheme in ("http", "https") and bool(url.host) and url.explicit_port != 0
    except ValueError:
        usable, url = False, URL()
    if not usable or len(text) > ADDRESS_MAX_LENGTH or any(ord(c) < 33 or ord(c) == 127 for c in text):
        raise Invalid(f"{field}: {text[:80]!r} is no address; give one that begins with http:// or https://.")
    if url.user is not None or url.password is not None:
        raise Invalid(
            f"{field}: holds a user name or password; leave them out, addresses are shown and logged."
        )
    return text


class Outgoing:
    """`lookup` and `objection` are seams: how names become addresses, and what speaks against one of them."""

    def __init__(
        self,
        *,
        allow_private: bool,
        lookup: Lookup = resolve_name,
        objection: Callable[[str], str | None] = find_objection,
    ) -> None:
        self._lookup = lookup
        self._find_objection = _allow_all if allow_private else objection

    def check_typed(self, url: str) -> str:
        """Return `url` if nothing speaks against it that can be seen without asking for names. Raises Invalid."""
        host = URL(check_url(url)).raw_host or ""
        if host.rstrip(".").lower() in _LOCAL_NAMES or host.rstrip(".").lower().endswith(".localhost"):
            self._refuse(host, "127.0.0.1")
        elif _looks_numeric(host):
            self._refuse(host, host)
        return url

    def send(self, call: Call) -> Answer:
        """Make the call from a thread that has no event loop; else use `call`. Raises as `call` does."""
        return asyncio.run(self.call(call))

    async def call(self, call: Call) -> Answer:
        """Make the call. Raises Invalid for an address that may not be visited, UpstreamFailed, TooLarge."""
        started = monotonic()
        try:
            async with asyncio.timeout(call.timeout_s):
                answer = await self._follow(call)
        except TimeoutError:
            raise UpstreamFailed(f"{call.url}: gave no answer within {call.timeout_s:g} s.") from None
        return replace(answer, duration_s=monotonic() - started)

    async def _follow(self, call: Call) -> Answer:
        for _ in range(REDIRECTS_MAX + 1):
            answer = await self._once(call)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not target:
                return answer
            call = _redirected(call, answer.status, target)
        raise UpstreamFailed(f"{call.url}: leads on more than {REDIRECTS_MAX} times.")

    async def _once(self, call: Call) -> Answer:
        url = URL(check_url(call.url))
        addresses = await self._checked_addresses(url)
        from openhearth.wire.visit import (
            visit,  # aiohttp: time and memory that a hub without webhooks never needs
        )

        return await visit(call, url, addresses)

    async def _checked_addresses(self, url: URL) -> Sequence[str]:
        host, port = url.raw_host or "", url.port or 0
        try:
            addresses = await self._lookup(host, port)
        except (OSError, UnicodeError):
            raise UpstreamFailed(f"{url}: the name {host!r} has no address.") from None
        for address in addresses:
            self._refuse(host, address)
        return addresses

    def _refuse(self, host: str, address: str) -> None:
        objection = self._find_objection(address)
        if objection is not None:
            raise Invalid(
                f"url: {host} is {objection}; this hub visits public addresses only "
                "(its administrator can allow others: OPENHEARTH_FETCH_ALLOW_PRIVATE=1)."
            )


def _looks_numeric(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _allow_all(_address: str) -> None:
    return None


def _redirected(call: Call, status: int, target: str) -> Call:
    """The call that a redirect asks for: as browsers do, all but 307 and 308 make a POST a GET."""
    here = URL(call.url)
    try:
        there = here.join(URL(target))
    except ValueError:
        raise UpstreamFailed(f"{call.url}: leads to something that is no address.") from None
    headers = call.headers
    if (there.scheme, there.raw_host, there.port) != (here.scheme, here.raw_host, here.port):
        headers = {
            name: value for name, value in headers.items() if name.lower() not in _FOR_THE_FIRST_ORIGIN
        }
    if status in _KEEPS_METHOD or call.method != "POST":
        return replace(call, url=str(there), headers=headers)
    kept = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return replace(call, url=str(there), headers=kept, method="GET", body=None)
