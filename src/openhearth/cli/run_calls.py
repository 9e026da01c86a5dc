"""Calling one pipeline with one input after the other, and printing what it says."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from openhearth.cli.printable import printable
from openhearth.cli.run_shown import show
from openhearth.errors import EngineFailed, HubError
from openhearth.pipelines.on_hub import HubPipe
from openhearth.pipelines.reading import Read, find_many
from openhearth.pipelines.tasks import Task

TEXT = "text-generation"
SUBTITLES = (".srt", ".vtt")
CONTINUED_TOKENS, ANSWER_TOKENS = 40, 256


class Written:
    """Prints the words of a text in the making, or keeps them; what a hub streams is handed to it."""

    def __init__(self, *, is_kept: bool) -> None:
        self._is_kept = is_kept
        self._pieces: list[str] = []

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
        if self._is_kept:
            self._pieces.append(text)
        else:
            typer.echo(printable(text), nl=False)

    @property
    def text(self) -> str:
        return "".join(self._pieces)


class Calls:
    """Calls `pipe`, of this process or on a hub."""

    def __init__(
        self, pipe: Any, parameters: dict[str, Any], of_text: dict[str, Any], *, is_chat: bool
    ) -> None:
        self.pipe, self.parameters, self.is_chat = pipe, parameters, is_chat
        self.task: Task = pipe.choice.task
        self.of_text = {**text_parameters(of_text, is_chat), **parameters}

    def answer(self, given: str, value: Any, *, as_json: bool) -> int:
        """Print the answer to `value`, which was read for `given`; of a folder or a pattern, those to its files.

        Gives the number that failed.
        """
        files = find_many(given, self.task.takes) if given != "-" else None
        if files is not None:
            return self.answer_all([str(file) for file in files.items], as_json=as_json, is_named=True)
        if self.task.name == TEXT:
            self._generate(value, as_json=as_json)
            return 0
        answer = self._call(value, self.parameters)
        self._tell_of_what_was_read()
        typer.echo(line_of(answer) if as_json else show(self.task, answer))
        return 0

    def save(self, value: Any, output: Path) -> Path:
        """Write the answer to `value` to `output`; subtitles ask for the times they need."""
        from openhearth.pipelines.saving import save

        if output.suffix.lower() in SUBTITLES:
            self.parameters.setdefault("return_timestamps", True)
        if self.task.name == TEXT:
            options = {**self._seeded(), "return_full_text": False}
            return save(self._call(self._whole(str(value)), options), output)
        return save(self._call(value, self.parameters), output)

    def answer_all(self, items: Sequence[str], *, as_json: bool = True, is_named: bool = False) -> int:
        """A line for each input; one that fails is named and the others go on. Gives the number that failed."""
        failed = 0
        for item in _with_bar(items, self.task.name):
            try:
                answer = self._call(self._whole(item), {**self.parameters, **self._text_options()})
            except HubError as error:
                failed += 1
                typer.echo(line_of({"error": error.message, "input": item[:200]}))
                continue
            if is_named and not as_json:
                typer.echo(f"{printable(item)}\n{_indented(show(self.task, answer))}")
            else:
                typer.echo(line_of({"input": item, "answer": answer} if is_named else answer))
        return failed

    def _text_options(self) -> dict[str, Any]:
        return self._seeded() if self.task.name == TEXT else {}

    def _whole(self, text: str) -> Any:
        return [{"role": "user", "content": text}] if self.is_chat else text

    def _generate(self, text: str, *, as_json: bool) -> None:
        """Print the continuation of `text` after it, as it comes; of a chat, the answer alone."""
        shown = "" if self.is_chat else text
        if not as_json:
            typer.echo(printable(shown), nl=False)
        written = Written(is_kept=as_json)
        self._call(
            self._whole(text),
            {**self._seeded(), "streamer": self._streamer(written), "return_full_text": False},
        )
        self._tell_of_what_was_read()
        typer.echo(line_of([{"generated_text": shown + written.text}]) if as_json else "")

    def _streamer(self, written: Written) -> Any:
        if isinstance(self.pipe, HubPipe):
            return written
        from openhearth.pipelines.pieces import Pieces

        return Pieces(self.pipe.tokenizer, written.on_finalized_text)

    def _seeded(self) -> dict[str, Any]:
        """The parameters of a text. transformers takes the seed from torch, and a hub from the call."""
        if isinstance(self.pipe, HubPipe) or "seed" not in self.of_text:
            return self.of_text
        import torch

        torch.manual_seed(self.of_text["seed"])
        return {name: value for name, value in self.of_text.items() if name != "seed"}

    def _call(self, value: Any, parameters: dict[str, Any]) -> Any:
        """Whatever a library makes of what a person gave is one sentence: the trace is nobody's remedy."""
        try:
            return self.pipe(value, **parameters)
        except (HubError, BrokenPipeError):  # the latter: whoever read the words has seen enough
            raise
        except Exception as error:
            said = next(iter(str(error).strip().splitlines()), type(error).__name__)
            failure = EngineFailed(f"{self.task.name} failed: {said}")
            for note in getattr(error, "__notes__", ()):
                failure.add_note(note)
            raise failure from error

    def _tell_of_what_was_read(self) -> None:
        reads: list[Read] = self.pipe.read
        for read in reads:
            typer.echo(printable(f"read: {read}"), err=True)


def _with_bar(items: Sequence[str], label: str) -> Any:
    """The items, with a bar on standard error where somebody watches."""
    if not sys.stderr.isatty():
        return items
    from openhearth.pipelines.lists import with_progress

    return with_progress(items, label)


def text_parameters(given: dict[str, Any], is_chat: bool) -> dict[str, Any]:
    """The parameters of a text: the likeliest token each time unless a temperature is given."""
    chosen = {"max_new_tokens": ANSWER_TOKENS if is_chat else CONTINUED_TOKENS}
    chosen |= {name: value for name, value in given.items() if value is not None}
    draws = bool(chosen.get("temperature"))
    if not draws:
        chosen.pop("temperature", None)
    return {**chosen, "do_sample": draws}


def line_of(answer: Any) -> str:
    """`answer` as one line of JSON."""
    return json.dumps(answer, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy and torch as JSON has them; pictures by their size."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _indented(text: str) -> str:
    return "  " + text.replace("\n", "\n  ")
