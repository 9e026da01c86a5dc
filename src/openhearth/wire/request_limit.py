"""How many requests one caller may make in a window of time, told in the headers that clients read.

`RateLimit` and `RateLimit-Policy` are spelled as huggingface_hub parses them (utils/_http.py `parse_ratelimit_headers`,
after draft-ietf-httpapi-ratelimit-headers-09); a 429 also says `Retry-After`. Counted by each server process for itself.
"""

from dataclasses import dataclass
from math import ceil

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openhearth.errors import Busy
from openhearth.kit.clock import Clock
from openhearth.wire.render import render_error
from openhearth.wire.request import actor_of

WINDOW_S = 300
_CALLERS_MAX = 20_000
# Bytes that an answer has already promised, and what tells whether the hub is alive.
_UNCOUNTED = ("/static/", "/health", "/metrics", "/cas/", "/lfs/")


@dataclass
class _Window:
    ends_at: float
    count: int = 0


class RequestLimit:
    def __init__(self, app: ASGIApp, *, most: int, clock: Clock) -> None:
        self.app = app
        self._most = most
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_UNCOUNTED):
            await self.app(scope, receive, send)
            return
        window = self._window_of(_caller(scope))
        window.count += 1
        rest_s = max(1, ceil(window.ends_at - self._clock().timestamp()))
        headers = self._headers(max(0, self._most - window.count), rest_s)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        if window.count > self._most:
            refusal = Busy(
                f"You have made {self._most} requests in {WINDOW_S // 60} minutes; try again in {rest_s} seconds.",
                headers={"Retry-After": str(rest_s)},
            )
            await render_error(Request(scope), refusal)(scope, receive, told)
            return
        await self.app(scope, receive, told)

    def _window_of(self, caller: str) -> _Window:
        now = self._clock().timestamp()
        window = self._windows.get(caller)
        if window is None or window.ends_at <= now:
            if len(self._windows) >= _CALLERS_MAX:
                self._windows = {name: kept for name, kept in self._windows.items() if kept.ends_at > now}
            if len(self._windows) >= _CALLERS_MAX:
                self._windows.clear()  # a flood of addresses: memory matters more than their count
            window = self._windows[caller] = _Window(now + WINDOW_S)
        return window

    def _headers(self, remaining: int, rest_s: int) -> list[tuple[bytes, bytes]]:
        return [
            (b"ratelimit", f'"api";r={remaining};t={rest_s}'.encode()),
            (b"ratelimit-policy", f'"fixed window";"api";q={self._most};w={WINDOW_S}'.encode()),
        ]


def _caller(scope: Scope) -> str:
    user_id = actor_of(Request(scope)).user_id
    return f"user {user_id}" if user_id else f"address {(scope.get('client') or ('',))[0]}"
