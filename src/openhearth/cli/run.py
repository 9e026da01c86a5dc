"""`openhearth run TASK INPUT …`: one call of a model, by the hub if one answers, else in this process.

Imports no torch unless the model is loaded here.
"""

import json as json_module
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from openhearth.config import Settings, load_settings
from openhearth.errors import Invalid, NotFound, UpstreamFailed
from openhearth.pipelines.tasks import Task, get_task

HEALTH_TIMEOUT_S = 1.0
CALL_TIMEOUT_S = 600.0
FETCH_MAX_BYTES = 200 << 20
STARTER = "starter"


def run(
    task: Annotated[
        str, typer.Argument(help="What to do: text-generation, transcribe, embed, image-classification …")
    ],
    inputs: Annotated[
        list[str], typer.Argument(help="Texts, or paths or links of files; - reads standard input.")
    ],
    model: Annotated[
        str | None, typer.Option(help="A model of the hub or of the local cache, or a folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print each answer as one line of JSON.")] = False,
) -> None:
    """Call a model once for each input and print what it says."""
    wanted = get_task(task)
    call = _caller(wanted, model, load_settings())
    for text in inputs:
        answer = call(read_input(wanted, text))
        typer.echo(json_module.dumps(answer, ensure_ascii=False) if json else show(wanted, answer))


def read_input(task: Task, text: str) -> str | bytes:
    """The text itself, or the bytes of the file that `text` names. Raises Invalid, NotFound."""
    if task.takes == "text":
        return sys.stdin.read() if text == "-" else text
    if text == "-":
        return sys.stdin.buffer.read()
    if text.startswith(("http://", "https://")):
        return _fetch(text)
    try:
        return Path(text).expanduser().read_bytes()
    except OSError as error:
        raise NotFound(
            f"input: {text!r} cannot be read ({error.strerror}); give the path or link of a file."
        ) from None


def show(task: Task, answer: Any) -> str:
    """`answer` for people."""
    if task.name == "text-generation":
        return str(answer[0]["generated_text"])
    if task.name == "automatic-speech-recognition":
        return str(answer["text"])
    if task.name == "image-classification":
        return "\n".join(f"{row['score']:.3f}  {row['label']}" for row in answer)
    return json_module.dumps(answer)


def _caller(task: Task, model: str | None, settings: Settings) -> Callable[[str | bytes], Any]:
    """What runs one input: a model on this disk, the hub, or the local cache, in this order."""
    if model is not None and Path(model).is_dir():
        return _local(task, model)
    if _answers(settings.endpoint):
        hub = Hub(settings.endpoint.rstrip("/"), settings.token)
        name = model or hub.find_model(task)
        return lambda text: hub.call(task, name, text)
    if model is None:
        raise Invalid(
            f"model: no hub answers at {settings.endpoint}, so name a model with --model: a folder, or one in the local cache."
        )
    return _local(task, model)


def _local(task: Task, model: str) -> Callable[[str | bytes], Any]:
    from openhearth.pipelines import pipeline

    loaded = pipeline(task.name, model=model)
    if task.name != "text-generation":
        return loaded

    def generate(text: str | bytes) -> Any:
        chat = getattr(getattr(loaded, "tokenizer", None), "chat_template", None)
        inputs: Any = [{"role": "user", "content": text}] if chat else text
        return loaded(inputs, return_full_text=False)

    return generate


class Hub:
    """A hub that runs, asked over HTTP."""

    def __init__(self, endpoint: str, token: str) -> None:
        self._endpoint = endpoint
        self._token = token

    def find_model(self, task: Task) -> str:
        """A model for `task`: the starter's, else any. Raises NotFound."""
        for author in (STARTER, None):
            query = {"pipeline_tag": task.name, "limit": "1", **({"author": author} if author else {})}
            found = self._ask(f"/api/models?{urllib.parse.urlencode(query)}")
            if found:
                return str(found[0]["id"])
        raise NotFound(
            f"The hub holds no model for {task.name}; run `openhearth starter`, or name one with --model."
        )

    def call(self, task: Task, model: str, inputs: str | bytes) -> Any:
        address = f"/models/{model}/pipeline/{task.name}"
        if isinstance(inputs, bytes):
            return self._ask(address, inputs, "application/octet-stream")
        if task.name != "text-generation":
            return self._ask(address, _json({"inputs": inputs}))
        try:
            return self._ask(address, _json({"inputs": [{"role": "user", "content": inputs}]}))
        except Invalid as error:
            if "chat template" not in error.message:
                raise
            return self._ask(address, _json({"inputs": inputs}))

    def _ask(self, path: str, body: bytes | None = None, content_type: str = "application/json") -> Any:
        headers = {"Content-Type": content_type}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(self._endpoint + path, body, headers)  # noqa: S310 - the owner's setting
        try:
            with urllib.request.urlopen(request, timeout=CALL_TIMEOUT_S) as response:  # noqa: S310 - likewise
                return json_module.load(response)
        except urllib.error.HTTPError as refused:
            sentence = refused.headers.get("X-Error-Message") or f"{path}: the hub answered {refused.code}."
            kind = {400: Invalid, 401: NotFound, 404: NotFound}.get(refused.code, UpstreamFailed)
            raise kind(_utf8(sentence)) from None
        except OSError as error:
            raise UpstreamFailed(
                f"The hub at {self._endpoint} did not answer ({error}); is it running?"
            ) from None


def _answers(endpoint: str) -> bool:
    try:
        health = f"{endpoint.rstrip('/')}/health"
        with urllib.request.urlopen(health, timeout=HEALTH_TIMEOUT_S) as response:  # noqa: S310 - the owner's setting
            return bool(response.status == 200)
    except (OSError, ValueError):
        return False


def _fetch(link: str) -> bytes:
    try:
        with urllib.request.urlopen(link, timeout=60) as response:  # noqa: S310 - `read_input` lets http(s) pass only
            content: bytes = b"".join(_capped(iter(lambda: response.read(1 << 20), b"")))
    except OSError as error:
        raise UpstreamFailed(
            f"input: {link!r} cannot be fetched ({error}); download it and give its path."
        ) from None
    return content


def _capped(blocks: Iterator[bytes]) -> Iterator[bytes]:
    total = 0
    for block in blocks:
        total += len(block)
        if total > FETCH_MAX_BYTES:
            raise Invalid(
                f"input: the link gives more than {FETCH_MAX_BYTES >> 20} MiB; download it and give its path."
            )
        yield block


def _json(value: Any) -> bytes:
    return json_module.dumps(value).encode()


def _utf8(header: str) -> str:
    """Header values outside ASCII travel as UTF-8; http.client reads them as Latin-1."""
    return header.encode("latin-1", "replace").decode("utf-8", "replace")
