"""The outermost layer: a request id that contains the client's own, and the headers every answer carries."""

import logging
import re
import time
from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openhearth.kit.ids import new_id

log = logging.getLogger("openhearth.requests")
_UNSAFE = re.compile(r"[^\x21-\x7e]")

# Pages load only what the hub itself serves; pictures in cards may come from elsewhere.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob: https:; media-src 'self' blob: data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


_EVERYWHERE = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"))
_POLICY = (b"content-security-policy", CONTENT_SECURITY_POLICY.encode())


class Trace:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(dict(scope["headers"]))
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()

        async def traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_ours(message.get("headers", ()), request_id)
                if log.isEnabledFor(logging.DEBUG):
                    took_ms = (time.perf_counter() - began) * 1000
                    log.debug("%s %s %s %.1f ms", scope["method"], scope["path"], message["status"], took_ms)
            await send(message)

        await self.app(scope, receive, traced)


def _request_id(headers: Mapping[bytes, bytes]) -> str:
    """The client's own id: huggingface_hub compares the answer's with the one it sent (utils/_http.py)."""
    given = headers.get(b"x-amzn-trace-id") or headers.get(b"x-request-id")
    return _UNSAFE.sub("", given.decode("latin-1"))[:200] if given else new_id()


def _with_ours(headers: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    """`headers` with what every answer carries, unless it says otherwise itself."""
    answer = [*headers]
    present = dict(answer)
    answer += [pair for pair in _EVERYWHERE if pair[0] not in present]
    if present.get(b"content-type", b"").startswith(b"text/html") and _POLICY[0] not in present:
        answer.append(_POLICY)
    answer.append((b"x-request-id", request_id.encode("latin-1")))
    return answer
