"""A loaded task that can be called: reads what it is given, works it, and remembers what was read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.answers import Answers, CountedList, each_when_taken
from openhearth.pipelines.checks import bound, check_inputs, check_parameters, unknown_named
from openhearth.pipelines.choice import Choice
from openhearth.pipelines.explain import LastCall, Twin, explain
from openhearth.pipelines.limits import fitted, fitted_to_all
from openhearth.pipelines.lists import somebody_watches, with_progress
from openhearth.pipelines.notes import Note, Run
from openhearth.pipelines.reading import Many, Read, Reader, find_many
from openhearth.pipelines.reading.reader import checked_text, naming

_OF_ANY_PIPELINE = ("task", "device", "save_pretrained")
Reading = Callable[[Any], tuple[Any, list[Read]]]


class Pipe:
    """`choice` says what was chosen and why; `read` what the last call read. All else is the loaded pipeline's own."""

    def __init__(
        self, choice: Choice, worker: Any, reader: Reader, run: Run, said: Mapping[str, Any] | None = None
    ) -> None:
        """`said` goes with each call that does not say otherwise."""
        self.choice = choice
        self._said = dict(said or {})
        self.worker = worker
        self.read: list[Read] = []
        self._reader = reader
        self._run = run
        self._last: LastCall | None = None
        self._answer: Any = None

    def __call__(self, *inputs: Any, as_text: bool = False, **parameters: Any) -> Any:
        """The answer of `task` to `inputs`. `as_text` takes a link or a file name for the text that it is.

        A list, a folder, a column of a table gives a list; a generator or a data set gives answers one by one.
        """
        self.read = []
        parameters = {**self._said, **parameters}
        if not self.choice.way.is_transformers and self.choice.way.library != "diffusers":
            # One after the other, our own tasks answer the same whatever is said of batches.
            parameters = {
                name: value for name, value in parameters.items() if name not in ("batch_size", "num_workers")
            }
        inputs, parameters = bound(self.worker, self.choice.task, inputs, parameters)
        with self._run.watched(), unknown_named(self.choice.task):
            check_parameters(self.choice.task, parameters, own=not self.choice.way.is_transformers)
            self._answer = self._answer_to(inputs, as_text, parameters)
        return self._answer

    def save(self, path: str | Path) -> Path:
        """Write the last answer to a file; its ending says how: .wav, .mp3, .png, .mp4, .srt, .vtt, .txt, .json …"""
        if self._last is None:
            raise Invalid("save: call the pipeline first; what is written is its last answer.")
        from openhearth.pipelines.saving import save

        return save(self._answer, path)

    def _answer_to(self, inputs: tuple[Any, ...], as_text: bool, parameters: dict[str, Any]) -> Any:
        parts = ("question", "context") if self.choice.task.name == "question-answering" else ()
        many = find_many(inputs[0], self._reader.kind, as_text=as_text, parts=parts) if inputs else None
        if many is None:
            return self._call(inputs, as_text, parameters)
        read = self._read_text if as_text else self._reader.read
        if not many.is_lazy:
            return self._call_all(many, read, inputs[1:], parameters)
        return Answers(self._one_by_one(many, read, inputs[1:], parameters), many.length, self._run)

    def _call(self, inputs: tuple[Any, ...], as_text: bool, parameters: dict[str, Any]) -> Any:
        given = inputs[0] if inputs else None
        if not as_text:
            parameters, self.read = self._reader.read_parts(parameters)
            if inputs:
                value, read = self._reader.read(given)
                inputs, self.read = (value, *inputs[1:]), [*read, *self.read]
        self._remember(given, inputs, parameters)
        self._require_asked(inputs, parameters)
        return self._work(inputs, self._fitted(inputs, parameters))

    def _require_asked(self, inputs: tuple[Any, ...], parameters: dict[str, Any]) -> None:
        """Say what a task of transformers cannot do without. Our own say it themselves."""
        fixed = getattr(self.worker, "_preprocess_params", {}) if self._is_native else None
        if fixed is None or not inputs or isinstance(inputs[0], Mapping | list):
            return
        for name in self.choice.task.asks[len(inputs) - 1 :]:
            if name not in parameters and name not in fixed:
                raise Invalid(f"{name}: is missing; {self.choice.task.name} needs it.")

    def _work(self, inputs: tuple[Any, ...], parameters: dict[str, Any]) -> Any:
        value = inputs[0] if inputs else None
        if not self._is_native or not isinstance(value, list) or len(value) < 2 or not somebody_watches():
            return self.worker(*inputs, **parameters)
        counted = CountedList(value, self.choice.task.name)
        try:
            return self.worker(counted, *inputs[1:], **parameters)
        finally:
            counted.close()

    def _call_all(
        self, many: Many, read: Reading, rest: tuple[Any, ...], parameters: dict[str, Any]
    ) -> list[Any]:
        if self._reader.kind == "text" and not self._is_native:
            texts = [
                self._read_at(many, read, index, item, rest, parameters)
                for index, item in enumerate(many.items)
            ]
            return list(self.worker(texts, *rest, **parameters))
        answers = self._one_by_one(many, read, rest, parameters)
        return list(with_progress(answers, self.choice.task.name, total=many.length))

    def _one_by_one(
        self, many: Many, read: Reading, rest: tuple[Any, ...], parameters: dict[str, Any]
    ) -> Iterator[Any]:
        """The answers, each when it is asked for: not more than one input is held in memory."""

        def read_at(index: int, item: Any) -> Any:
            return self._read_at(many, read, index, item, rest, parameters)

        if self._is_native:
            items = each_when_taken(many, read_at)
            yield from self.worker(
                items, *rest, **fitted_to_all(self.worker, self.choice.task.name, parameters)
            )
            return
        for index, item in enumerate(many.items):
            yield self.worker(read_at(index, item), *rest, **parameters)

    def _read_at(
        self,
        many: Many,
        read: Reading,
        index: int,
        item: Any,
        rest: tuple[Any, ...],
        parameters: dict[str, Any],
    ) -> Any:
        with naming(index, many.length):
            value, found = read(item)
            self._fitted((value,), parameters)
        self.read += [replace(each, text=None) for each in found]  # the texts of thousands are not kept
        if index == 0:
            self._remember(item, (value, *rest), parameters)
        return value

    def _read_text(self, item: Any) -> tuple[Any, list[Read]]:
        """A text as it stands."""
        return checked_text(item), []

    def _fitted(self, inputs: tuple[Any, ...], parameters: dict[str, Any]) -> dict[str, Any]:
        if not inputs or not self._is_native:
            return parameters
        check_inputs(self.choice.task, inputs[0])
        return fitted(self.worker, self.choice.task.name, inputs[0], parameters)

    def _remember(self, given: Any, inputs: tuple[Any, ...], parameters: dict[str, Any]) -> None:
        named = dict(zip(self.choice.task.asks, inputs[1:], strict=False))
        value = inputs[0] if inputs else None
        self._last = LastCall(given, value, {**named, **parameters}, tuple(self.read))

    @property
    def _is_native(self) -> bool:
        """Whether the worker is transformers' own pipeline, which takes generators and data sets itself."""
        return self.choice.way.module == "through_transformers"

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
        if "worker" not in self.__dict__:  # copying and unpickling ask before anything is there
            raise AttributeError(name)
        worker = self.__dict__["worker"]
        if not hasattr(worker, name) and name in _OF_ANY_PIPELINE and "choice" in self.__dict__:
            return self._of_any_pipeline(name)
        return getattr(worker, name)

    def _of_any_pipeline(self, name: str) -> Any:
        """What each pipeline of transformers has, for tasks that are our own."""
        if name == "task":
            return self.choice.task.name
        if name == "device":
            return getattr(getattr(self.worker, "model", None), "device", "cpu")
        return self._save_pretrained

    def _save_pretrained(self, save_directory: str | Path) -> None:
        """Write the model and its parts to a folder, which `model=` takes."""
        parts: list[Any] = [
            getattr(self.worker, name, None) for name in ("model", "tokenizer", "image_processor")
        ]
        kept = [part for part in parts if callable(getattr(part, "save_pretrained", None))]
        if not kept:
            raise Unsupported(
                f"save_pretrained: {self.choice.model.name} is no model of transformers; copy its folder."
            )
        for part in kept:
            part.save_pretrained(str(save_directory))

    def __setattr__(self, name: str, value: Any) -> None:
        """What is the loaded pipeline's own (`model`, `tokenizer`, `batch_size` …) is set there, where it has an effect."""
        worker = self.__dict__.get("worker")
        is_own = name.startswith("_") or name in self.__dict__ or hasattr(type(self), name)
        target = self if worker is None or is_own or not hasattr(worker, name) else worker
        object.__setattr__(target, name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self.worker)})

    def __repr__(self) -> str:
        return f"<pipeline {self.choice.task.name} by {self.choice.model.name}>"
