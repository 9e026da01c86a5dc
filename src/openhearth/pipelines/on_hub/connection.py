"""Speaking to a hub over HTTP: JSON in, JSON or events out, its refusals as our errors. The standard library alone."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from openhearth.errors import (
    Busy,
    EngineFailed,
    Forbidden,
    Gated,
    HubError,
    Invalid,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unsupported,
    UpstreamFailed,
)

ANSWER_MAX_BYTES = 256 << 20
SENTENCE_MAX_LENGTH = 2000
CALL_TIMEOUT_S = 600.0
_BLOCK_BYTES = 1 << 20
_KINDS: Mapping[int, type[HubError]] = {
    400: Invalid, 401: Unauthenticated, 403: Forbidden, 404: NotFound, 413: TooLarge, 422: Invalid, 429: Busy,
    501: Unsupported, 503: EngineFailed,
}  # fmt: skip


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token is for the hub that was named, and for no other that this one names."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class HubConnection:
    """The hub at `endpoint`. Raises Invalid for what is no http(s) address."""

    endpoint: str
    token: str = field(default="", repr=False)
    timeout_s: float = CALL_TIMEOUT_S

    def __post_init__(self) -> None:
        parts = urlsplit(self.endpoint)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise Invalid(
                f"endpoint: {self.endpoint!r} is no address of a hub; give one like http://127.0.0.1:8600."
            )

    def ask(self, path: str, body: Any = None) -> Any:
        """The JSON at `path`, posted to if there is a `body`. Raises HubError as the hub does."""
        with closing(self._open(path, body)) as response:
            return self._parsed(self._receive(response))

    def events(self, path: str, body: Any) -> Iterator[dict[str, Any]]:
        """The server-sent events that answer `body`."""
        with closing(self._open(path, body)) as response:
            while line := response.readline(_BLOCK_BYTES):
                if line.startswith(b"data:"):
                    event = self._parsed(line.removeprefix(b"data:"))
                    if "error" in event:
                        raise UpstreamFailed(str(event["error"].get("message", event["error"])))
                    yield event

    def _open(self, path: str, body: Any) -> http.client.HTTPResponse:
        headers = {"Content-Type": "application/json", "User-Agent": "openhearth"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        sent = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.endpoint.rstrip("/") + path, sent, headers)  # noqa: S310 - checked above
        try:
            opened: http.client.HTTPResponse = urllib.request.build_opener(_NoRedirects).open(
                request, timeout=self.timeout_s
            )
        except urllib.error.HTTPError as refused:
            with refused:
                raise _refusal(refused, path) from None
        except (OSError, http.client.HTTPException) as error:
            raise UpstreamFailed(
                f"endpoint: the hub at {self.endpoint} does not answer ({error}); is it running, and is the address right?"
            ) from None
        return opened

    def _receive(self, response: http.client.HTTPResponse) -> bytes:
        blocks, total = [], 0
        try:
            while block := response.read(_BLOCK_BYTES):
                total += len(block)
                if total > ANSWER_MAX_BYTES:
                    raise TooLarge(
                        f"endpoint: the answer is larger than {ANSWER_MAX_BYTES >> 20} MiB; ask for less."
                    )
                blocks.append(block)
        except (OSError, http.client.HTTPException) as error:
            raise UpstreamFailed(
                f"endpoint: the answer of {self.endpoint} broke off ({error}); try again."
            ) from None
        return b"".join(blocks)

    def _parsed(self, content: bytes) -> Any:
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise UpstreamFailed(
                f"endpoint: what {self.endpoint} answers is no JSON; is it the address of a hub?"
            ) from None


def _refusal(refused: urllib.error.HTTPError, path: str) -> HubError:
    """What the hub said, as the error it stands for."""
    try:
        said = json.loads(refused.read(_BLOCK_BYTES)).get("error")
    except (ValueError, AttributeError, OSError, RecursionError, http.client.HTTPException):
        said = None
    if isinstance(said, dict):
        said = said.get("message")
    sentence = (
        str(said)[:SENTENCE_MAX_LENGTH] if said else f"endpoint: {path} was answered by {refused.code}."
    )
    code = refused.headers.get("X-Error-Code")
    if code == "GatedRepo":
        return Gated(sentence)
    kind = NotFound if code == "RepoNotFound" else _KINDS.get(refused.code, UpstreamFailed)
    return kind(sentence)
