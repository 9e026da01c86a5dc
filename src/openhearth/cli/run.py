"""`openhearth run TASK INPUT …`: TASK may be plain words. By the hub if one answers and runs the task, else in this process.

Imports no torch unless the model is loaded here.
"""

import json as json_module
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from openhearth.cli.run_on_hub import HubModel, hub_answers
from openhearth.cli.run_shown import show
from openhearth.config import Settings, load_settings
from openhearth.errors import HubError, Invalid, NotFound
from openhearth.pipelines.choice import understand_request
from openhearth.pipelines.machine import prepare_environment
from openhearth.pipelines.tasks import Task

TEXT = "text-generation"
CHAT_WORDS = ("chat", "conversational")
CONTINUED_TOKENS, ANSWER_TOKENS = 40, 256
# Links are read and prompts put in this process: what needs neither goes to a hub that runs.
ON_HUB = (TEXT, "feature-extraction", "automatic-speech-recognition", "image-classification")


class Model(Protocol):
    """A model that can be called: on a hub, or loaded here."""

    def call(self, inputs: str | bytes, parameters: dict[str, Any]) -> Any:
        """The answer to one input of any task but text generation."""
        ...

    def generate(self, inputs: Any, parameters: dict[str, Any], write: Callable[[str], None]) -> None:
        """Continue a text or answer a conversation; `write` gets the new text piece by piece."""
        ...


def run(
    task: Annotated[
        str,
        typer.Argument(
            help='What to do: a task (summarization, chat, transcribe, ner …) or plain words ("summarise a website").'
        ),
    ],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(help="Texts, or paths or links of files; - reads standard input.", show_default=False),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A model of the hub or of the local cache, or a folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print each answer as one line of JSON.")] = False,
    batch: Annotated[
        Path | None, typer.Option(help="A file with one input a line; answers are lines of JSON.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="A parameter of the task, NAME=VALUE: --set candidate_labels=sport,politics."
        ),
    ] = None,
    max_new_tokens: Annotated[int | None, typer.Option(min=1, help="How much text to make at most.")] = None,
    temperature: Annotated[
        float | None, typer.Option(min=0, help="Above 0, draw each token by chance; else take the likeliest.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed draws the same text again.")] = None,
) -> None:
    """Call a model once for each input and print what it says."""
    wanted, _, reason, _ = understand_request(task)
    given = {"max_new_tokens": max_new_tokens, "temperature": temperature, "seed": seed}
    if wanted.name != TEXT and any(value is not None for value in given.values()):
        raise Invalid(f"{wanted.name} makes no text by chance; leave out the options of {TEXT}.")
    if not inputs and batch is None:
        raise Invalid(
            "input: is missing; give a text, a path, a link, - for standard input, or --batch FILE."
        )
    called = _find_model(task, wanted, model, load_settings())
    if reason != "you named it" and not json:
        typer.echo(f"{wanted.name}, because {reason}", err=True)
    caller = _Caller(
        wanted, called, read_parameters(set_ or []), given, is_chat=task.strip().lower() in CHAT_WORDS
    )
    for given_input in inputs or ():
        caller.answer(given_input, json=json)
    if batch is not None and caller.answer_all(read_lines(batch)):
        raise typer.Exit(1)


class _Caller:
    """Calls one model with one input after the other, and prints."""

    def __init__(
        self, task: Task, model: Model, parameters: dict[str, Any], given: dict[str, Any], *, is_chat: bool
    ) -> None:
        self.task, self.model, self.parameters, self.is_chat = task, model, parameters, is_chat
        self.of_text = {**text_parameters(given, is_chat), **parameters}

    def answer(self, given: str, *, json: bool) -> None:
        content = read_input(self.task, given)
        if self.task.name == TEXT:
            self._generate(str(content), json=json)
            return
        answer = self.model.call(content, self.parameters)
        typer.echo(_line(answer) if json else show(self.task, answer))

    def answer_all(self, lines: list[str]) -> int:
        """A line of JSON for each input; one that fails is named and the others go on. Gives the number that failed."""
        failed = 0
        with typer.progressbar(lines, label=self.task.name, file=sys.stderr) as shown:
            for line in shown:
                try:
                    self.answer(line, json=True)
                except HubError as error:
                    failed += 1
                    typer.echo(_line({"error": error.message, "input": line[:200]}))
        return failed

    def _generate(self, text: str, *, json: bool) -> None:
        """Print the continuation of `text` after it, as it comes; of a chat, the answer alone."""
        inputs: Any = [{"role": "user", "content": text}] if self.is_chat else text
        shown = "" if self.is_chat else text
        if json:
            pieces = [shown]
            self.model.generate(inputs, self.of_text, pieces.append)
            typer.echo(_line([{"generated_text": "".join(pieces)}]))
            return
        typer.echo(shown, nl=False)
        self.model.generate(inputs, self.of_text, lambda piece: typer.echo(piece, nl=False))
        typer.echo()


def read_input(task: Task, text: str) -> str | bytes:
    """What `text` stands for: itself, standard input, or the bytes of the file or link it names. Raises Invalid, NotFound."""
    if task.takes == "text":
        return sys.stdin.read().rstrip("\n") if text == "-" else text
    if text == "-":
        return sys.stdin.buffer.read()
    if text.startswith(("http://", "https://")):
        from openhearth.pipelines.reading.links import fetch

        return fetch(text, allow_private=load_settings().fetch_allow_private).content
    try:
        return Path(text).expanduser().read_bytes()
    except OSError as error:
        raise NotFound(
            f"input: {text!r} cannot be read ({error.strerror}); give the path or link of a file."
        ) from None


def read_lines(file: Path) -> list[str]:
    """The inputs of a batch: lines that hold something. Raises NotFound, Invalid."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise NotFound(
            f"--batch: {file} cannot be read ({error.strerror}); give the path of a text file."
        ) from None
    except UnicodeDecodeError:
        raise Invalid(f"--batch: {file} is no UTF-8 text; give a file with one input a line.") from None
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise Invalid(f"--batch: {file} holds no inputs; write one a line.")
    return lines


def read_parameters(given: list[str]) -> dict[str, Any]:
    """`NAME=VALUE` pairs; a value that is JSON is read as such. Raises Invalid."""
    found: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise Invalid(f"--set: {pair!r} is not of the form NAME=VALUE.")
        try:
            found[name] = json_module.loads(value)
        except ValueError:
            found[name] = value
    return found


def text_parameters(given: dict[str, Any], is_chat: bool) -> dict[str, Any]:
    """The parameters of a text: the likeliest token each time unless a temperature is given."""
    chosen = {"max_new_tokens": ANSWER_TOKENS if is_chat else CONTINUED_TOKENS}
    chosen |= {name: value for name, value in given.items() if value is not None}
    draws = bool(chosen.get("temperature"))
    if not draws:
        chosen.pop("temperature", None)
    return {**chosen, "do_sample": draws}


def _find_model(asked: str, task: Task, name: str | None, settings: Settings) -> Model:
    """A model on this disk, on the hub if it runs the task, or one that is on this machine; in this order."""
    if name is not None and Path(name).is_dir():
        return LocalModel(asked, name)
    if task.name in ON_HUB and hub_answers(settings.endpoint):
        return HubModel(settings.endpoint, settings.token, task, name)
    return LocalModel(asked, name)


class LocalModel:
    """A model loaded into this process."""

    def __init__(self, asked: str, name: str | None) -> None:
        prepare_environment()
        from openhearth.pipelines import pipeline

        self._loaded = pipeline(asked, model=name)

    def call(self, inputs: str | bytes, parameters: dict[str, Any]) -> Any:
        answer = self._loaded(inputs, **parameters)
        for read in self._loaded.read:
            typer.echo(f"read: {read}", err=True)
        return answer

    def generate(self, inputs: Any, parameters: dict[str, Any], write: Callable[[str], None]) -> None:
        from openhearth.pipelines.text_generation import Pieces

        self._loaded(inputs, streamer=Pieces(self._loaded.tokenizer, write), **_seeded(parameters))


def _seeded(parameters: dict[str, Any]) -> dict[str, Any]:
    """Set the seed, which transformers takes from torch and not from a call."""
    seed = parameters.pop("seed", None)
    if seed is not None:
        import torch

        torch.manual_seed(seed)
    return parameters


def _line(answer: Any) -> str:
    return json_module.dumps(answer, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy and torch as JSON has them; pictures by their size."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)
