"""Who is asking. The credentials of a request are read here, once; `accounts/` says whose they are.

A session cookie also carries the proof against forged forms: `csrf_of` is an HMAC of the cookie, given to
every page and required of every form (`wire/forms.py`). Requests that change something by cookie alone are
refused when the browser says that another site sent them.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openhearth.access import NOBODY, Actor
from openhearth.errors import Forbidden, HubError, Unauthenticated
from openhearth.kit.ids import new_secret
from openhearth.wire.render import render_error

SESSION_COOKIE = "openhearth_session"
VISITOR_COOKIE = "openhearth_visitor"
# These doors check their own tokens or need none.
_OWN_AUTHENTICATION = (
    "/static/", "/health", "/metrics", "/cas/", "/lfs/", "/v1/telemetry", "/.well-known/",
    "/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/jwks",
)  # fmt: skip
RawHeaders = Mapping[bytes, bytes]
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Credentials:
    """What came with a request; at most one of them counts: a token before a session."""

    session: str | None = None
    token: str | None = None
    basic_user: str | None = None


class Identify(Protocol):
    def identify(self, credentials: Credentials) -> Actor:
        """The actor behind `credentials`. Raises Unauthenticated for a token nobody issued; a stale session is NOBODY."""
        ...


def actor_of(request: Request) -> Actor:
    actor: Actor = request.scope.get("state", {}).get("actor", NOBODY)
    return actor


def csrf_of(request: Request) -> str:
    value: str = request.scope.get("state", {}).get("csrf", "")
    return value


class Identification:
    """Puts `actor` and `csrf` into the request's state."""

    def __init__(self, app: ASGIApp, *, accounts: Identify, secret: bytes, own_origin: str) -> None:
        self.app = app
        self.accounts = accounts
        self.secret = secret
        self.own_origin = own_origin.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OWN_AUTHENTICATION):
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        cookies = cookie_parser(headers[b"cookie"].decode("latin-1")) if b"cookie" in headers else {}
        state = scope.setdefault("state", {})
        try:
            credentials = read_credentials(headers, cookies)
            self._refuse_foreign_sites(scope, headers, credentials)
            state["actor"] = self.accounts.identify(credentials)
        except HubError as error:
            await render_error(Request(scope), error)(scope, receive, send)
            return
        seed = cookies.get(SESSION_COOKIE) or cookies.get(VISITOR_COOKIE)
        fresh = None if seed else new_secret(16)
        state["csrf"] = hmac.new(self.secret, f"csrf|{seed or fresh}".encode(), "sha256").hexdigest()[:40]
        await self.app(scope, receive, _with_visitor_cookie(send, fresh) if fresh else send)

    def _refuse_foreign_sites(self, scope: Scope, headers: RawHeaders, credentials: Credentials) -> None:
        if credentials.session is None or scope["method"] in _SAFE_METHODS:
            return
        origin = headers.get(b"origin")
        same = origin in (None, self.own_origin) or origin.split(b"://")[-1] == headers.get(b"host")
        if headers.get(b"sec-fetch-site") == b"cross-site" or not same:
            raise Forbidden(
                "This request came from another site and was refused; open the hub itself and try again."
            )


def read_credentials(headers: RawHeaders, cookies: Mapping[str, str]) -> Credentials:
    scheme, _, value = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer" and value:
        return Credentials(token=value)
    if scheme.lower() == "basic" and value:
        return _read_basic(value)
    return Credentials(session=cookies.get(SESSION_COOKIE))


def _read_basic(value: str) -> Credentials:
    """Git and git-lfs send the token as the password; some send it as the user name with an empty password."""
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Unauthenticated("Invalid credentials in Authorization header") from None
    return Credentials(token=password or user, basic_user=user if password else None)


def _with_visitor_cookie(send: Send, value: str) -> Send:
    """Give a first-time visitor the cookie that their forms are tied to, on pages only."""

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                headers.append("Set-Cookie", f"{VISITOR_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax")
        await send(message)

    return wrapped
