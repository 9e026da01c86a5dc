"""The outermost layer: a request id that contains the client's own, and the headers every answer carries."""

import logging
import re
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openhearth.kit.ids import new_id

log = logging.getLogger("openhearth.requests")
_UNSAFE = re.compile(r"[^\x21-\x7e]")

# Pages load only what the hub itself serves; pictures in cards may come from elsewhere.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob: https:; media-src 'self' blob: data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


class Trace:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        # huggingface_hub compares the answer's id with the one it sent (utils/_http.py).
        given = headers.get("x-amzn-trace-id") or headers.get("x-request-id")
        request_id = _UNSAFE.sub("", given)[:200] if given else new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()

        async def traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["X-Request-Id"] = request_id
                answer.setdefault("X-Content-Type-Options", "nosniff")
                answer.setdefault("Referrer-Policy", "same-origin")
                if answer.get("content-type", "").startswith("text/html"):
                    answer.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                took_ms = (time.perf_counter() - began) * 1000
                log.debug("%s %s %s %.1f ms", scope["method"], scope["path"], message["status"], took_ms)
            await send(message)

        await self.app(scope, receive, traced)
