"""A loaded task that can be called: reads what it is given, works it, and remembers what was read."""

from pathlib import Path
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.choice import Choice
from openhearth.pipelines.explain import LastCall, Twin, explain
from openhearth.pipelines.notes import Note, Run
from openhearth.pipelines.reading import Read, Reader


class Pipe:
    """`choice` says what was chosen and why; `read` what the last call read. All else is the loaded pipeline's own."""

    def __init__(self, choice: Choice, worker: Any, reader: Reader, run: Run) -> None:
        self.choice = choice
        self.worker = worker
        self.read: list[Read] = []
        self._reader = reader
        self._run = run
        self._last: LastCall | None = None
        self._answer: Any = None

    def __call__(self, *inputs: Any, as_text: bool = False, **parameters: Any) -> Any:
        """The answer of `task` to `inputs`. `as_text` takes a link or a file name for the text that it is."""
        with self._run.watched():
            self._answer = self._call(inputs, as_text, parameters)
        return self._answer

    def save(self, path: str | Path) -> Path:
        """Write the last answer to a file; its ending says how: .wav, .mp3, .png, .mp4, .srt, .vtt, .txt, .json …"""
        if self._last is None:
            raise Invalid("save: call the pipeline first; what is written is its last answer.")
        from openhearth.pipelines.saving import save

        return save(self._answer, path)

    def _call(self, inputs: tuple[Any, ...], as_text: bool, parameters: dict[str, Any]) -> Any:
        self.read, given = [], inputs[0] if inputs else None
        if inputs and not as_text:
            value, self.read = self._reader.read(given)
            inputs = (value, *inputs[1:])
        elif not inputs and not as_text and isinstance(parameters.get("context"), str):
            parameters["context"], self.read = self._reader.read(parameters["context"])
        named = dict(zip(self.choice.task.asks, inputs[1:], strict=False))
        self._last = LastCall(given, inputs[0] if inputs else None, {**named, **parameters}, tuple(self.read))
        return self.worker(*inputs, **parameters)

    @property
    def notes(self) -> list[Note]:
        """What was warned of while this pipe was loaded and called, each once, in plain words where we know them."""
        return self._run.notes

    def note(self, text: str) -> None:
        """Add a note of your own to this run: it is shown when something like it fails later."""
        self._run.remark(text)

    def explain(self) -> Twin:
        """The tokenizer, model and generate lines that equal the last call: print them, or `.run()` them."""
        return explain(self.choice, self._last, self.worker)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["worker"], name)

    def __repr__(self) -> str:
        return f"<pipeline {self.choice.task.name} by {self.choice.model.name}>"
