"""The hub's side of `openhearth run`: a model that runs on a hub, called over HTTP in the shapes of its task API."""

import base64
import http.client
import itertools
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

from openhearth.errors import Invalid, NotFound, UpstreamFailed
from openhearth.pipelines.tasks import Task

HEALTH_TIMEOUT_S = 1.0
CALL_TIMEOUT_S = 600.0
STARTER = "starter"


def hub_answers(endpoint: str) -> bool:
    """Whether a hub serves at `endpoint`."""
    try:
        health = f"{endpoint.rstrip('/')}/health"
        with urllib.request.urlopen(health, timeout=HEALTH_TIMEOUT_S) as response:  # noqa: S310 - the owner's setting
            return bool(response.status == 200)
    except (OSError, ValueError):
        return False


class HubModel:
    """The model `name` of a hub; without a name, one that is made for the task."""

    def __init__(self, endpoint: str, token: str, task: Task, name: str | None) -> None:
        """Raises NotFound if the hub holds no model for `task`."""
        self._endpoint = endpoint.rstrip("/")
        self._token = token
        self._address = f"/models/{name or self._find_model(task)}/pipeline/{task.name}"

    def call(self, inputs: str | bytes, parameters: dict[str, Any]) -> Any:
        if isinstance(inputs, bytes) and not parameters:
            return self._ask(self._address, inputs, "application/octet-stream")
        sent = base64.b64encode(inputs).decode() if isinstance(inputs, bytes) else inputs
        return self._ask(self._address, _json({"inputs": sent, "parameters": parameters}))

    def generate(self, inputs: Any, parameters: dict[str, Any], write: Callable[[str], None]) -> None:
        body = _json({"inputs": inputs, "parameters": parameters, "stream": True})
        with self._open(self._address, body, "application/json") as response:
            for event in _events(response):
                if "error" in event:
                    raise UpstreamFailed(event["error"]["message"])
                write(event["token"]["text"])

    def _find_model(self, task: Task) -> str:
        """The starter's, else any."""
        for author, tag in itertools.product((STARTER, None), (task.name, *task.words)):
            query = {"pipeline_tag": tag, "limit": "1", **({"author": author} if author else {})}
            found = self._ask(f"/api/models?{urllib.parse.urlencode(query)}")
            if found:
                return str(found[0]["id"])
        raise NotFound(
            f"The hub holds no model for {task.name}; run `openhearth starter`, or name one with --model."
        )

    def _ask(self, path: str, body: bytes | None = None, content_type: str = "application/json") -> Any:
        with self._open(path, body, content_type) as response:
            kind = response.headers.get_content_type()
            if kind.partition("/")[0] in ("image", "audio", "video"):
                from openhearth.pipelines.media import Media

                return Media(response.read(), kind)
            return json.load(response)

    def _open(self, path: str, body: bytes | None, content_type: str) -> http.client.HTTPResponse:
        headers = {"Content-Type": content_type}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(self._endpoint + path, body, headers)  # noqa: S310 - the owner's setting
        try:
            opened: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=CALL_TIMEOUT_S)  # noqa: S310 - likewise
        except urllib.error.HTTPError as refused:
            sentence = refused.headers.get("X-Error-Message") or f"{path}: the hub answered {refused.code}."
            kind = {400: Invalid, 401: NotFound, 404: NotFound}.get(refused.code, UpstreamFailed)
            raise kind(_utf8(sentence)) from None
        except OSError as error:
            raise UpstreamFailed(
                f"The hub at {self._endpoint} did not answer ({error}); is it running?"
            ) from None
        return opened


def _events(lines: Iterable[bytes]) -> Iterable[dict[str, Any]]:
    """The server-sent events of a response."""
    return (json.loads(line.removeprefix(b"data:")) for line in lines if line.startswith(b"data:"))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _utf8(header: str) -> str:
    """Header values outside ASCII travel as UTF-8; http.client reads them as Latin-1."""
    return header.encode("latin-1", "replace").decode("utf-8", "replace")
