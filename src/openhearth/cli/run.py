"""`openhearth run TASK INPUT …`: one call of a model, by the hub if one answers, else in this process.

Imports no torch unless the model is loaded here.
"""

import json as json_module
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from openhearth.cli.run_on_hub import HubModel, hub_answers
from openhearth.config import Settings, load_settings
from openhearth.errors import Invalid, NotFound, UpstreamFailed
from openhearth.pipelines.machine import prepare_environment
from openhearth.pipelines.tasks import Task, get_task

FETCH_MAX_BYTES = 200 << 20
TEXT = "text-generation"
CHAT_WORDS = ("chat", "conversational")
CONTINUED_TOKENS, ANSWER_TOKENS = 40, 256


class Model(Protocol):
    """A model that can be called: on a hub, or loaded here."""

    def call(self, inputs: str | bytes) -> Any:
        """The answer to one input of any task but text generation."""
        ...

    def generate(self, inputs: Any, parameters: dict[str, Any], write: Callable[[str], None]) -> None:
        """Continue a text or answer a conversation; `write` gets the new text piece by piece."""
        ...


def run(
    task: Annotated[
        str,
        typer.Argument(help="What to do: text-generation, chat, transcribe, embed, image-classification …"),
    ],
    inputs: Annotated[
        list[str], typer.Argument(help="Texts, or paths or links of files; - reads standard input.")
    ],
    model: Annotated[
        str | None, typer.Option(help="A model of the hub or of the local cache, or a folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print each answer as one line of JSON.")] = False,
    max_new_tokens: Annotated[int | None, typer.Option(min=1, help="How much text to make at most.")] = None,
    temperature: Annotated[
        float | None, typer.Option(min=0, help="Above 0, draw each token by chance; else take the likeliest.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed draws the same text again.")] = None,
) -> None:
    """Call a model once for each input and print what it says."""
    wanted = get_task(task)
    given = {"max_new_tokens": max_new_tokens, "temperature": temperature, "seed": seed}
    if wanted.name != TEXT and any(value is not None for value in given.values()):
        raise Invalid(f"{wanted.name} makes no text by chance; leave out the options of {TEXT}.")
    is_chat = wanted.name == TEXT and task.strip().lower() in CHAT_WORDS
    called = _find_model(wanted, model, load_settings())
    for given_input in inputs:
        content = read_input(wanted, given_input)
        if wanted.name == TEXT:
            _generate(called, str(content), text_parameters(given, is_chat), is_chat=is_chat, json=json)
        else:
            answer = called.call(content)
            typer.echo(json_module.dumps(answer, ensure_ascii=False) if json else show(wanted, answer))


def read_input(task: Task, text: str) -> str | bytes:
    """The text itself, or the bytes of the file that `text` names. Raises Invalid, NotFound."""
    if task.takes == "text":
        return sys.stdin.read().rstrip("\n") if text == "-" else text
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


def text_parameters(given: dict[str, Any], is_chat: bool) -> dict[str, Any]:
    """The parameters of a text: the likeliest token each time unless a temperature is given."""
    chosen = {"max_new_tokens": ANSWER_TOKENS if is_chat else CONTINUED_TOKENS}
    chosen |= {name: value for name, value in given.items() if value is not None}
    draws = bool(chosen.get("temperature"))
    if not draws:
        chosen.pop("temperature", None)
    return {**chosen, "do_sample": draws}


def show(task: Task, answer: Any) -> str:
    """`answer` for people."""
    if task.name == "automatic-speech-recognition":
        return str(answer["text"])
    if task.name == "image-classification":
        return "\n".join(f"{row['score']:.3f}  {row['label']}" for row in answer)
    return json_module.dumps(answer)


def _generate(model: Model, text: str, parameters: dict[str, Any], *, is_chat: bool, json: bool) -> None:
    """Print the continuation of `text` after it, as it comes; of a chat, the answer alone."""
    inputs: Any = [{"role": "user", "content": text}] if is_chat else text
    shown = "" if is_chat else text
    if json:
        pieces = [shown]
        model.generate(inputs, parameters, pieces.append)
        typer.echo(json_module.dumps([{"generated_text": "".join(pieces)}], ensure_ascii=False))
        return
    typer.echo(shown, nl=False)
    model.generate(inputs, parameters, lambda piece: typer.echo(piece, nl=False))
    typer.echo()


def _find_model(task: Task, name: str | None, settings: Settings) -> Model:
    """A model on this disk, on the hub, or in the local cache, in this order."""
    if name is not None and Path(name).is_dir():
        return LocalModel(task, name)
    if hub_answers(settings.endpoint):
        return HubModel(settings.endpoint, settings.token, task, name)
    if name is None:
        raise Invalid(
            f"model: no hub answers at {settings.endpoint}, so name a model with --model: a folder, or one in the local cache."
        )
    return LocalModel(task, name)


class LocalModel:
    """A model loaded into this process."""

    def __init__(self, task: Task, name: str) -> None:
        prepare_environment()
        from openhearth.pipelines import pipeline

        self._loaded: Any = pipeline(task.name, model=name)

    def call(self, inputs: str | bytes) -> Any:
        return self._loaded(inputs)

    def generate(self, inputs: Any, parameters: dict[str, Any], write: Callable[[str], None]) -> None:
        from openhearth.pipelines.text_generation import Pieces

        self._loaded(inputs, streamer=Pieces(self._loaded.tokenizer, write), **parameters)


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
