"""A pipe whose model runs on a hub: the same call, the same shapes, no torch in this process."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.answers import Answers
from openhearth.pipelines.choice import understand_request
from openhearth.pipelines.languages import UNSAID, tongues_in
from openhearth.pipelines.lists import with_progress
from openhearth.pipelines.notes import Note, Run
from openhearth.pipelines.on_hub.connection import HubConnection
from openhearth.pipelines.on_hub.sending import names_link, sent_input, sent_parameters
from openhearth.pipelines.on_hub.shapes import join, shape_one, with_defaults
from openhearth.pipelines.reading import Many, Read, find_many
from openhearth.pipelines.reading.reader import is_chat, naming
from openhearth.pipelines.tasks import Task, find_task

_GENERATION = "text-generation"
_STARTER = "starter"
# Inputs that may be given by name.
_PARTS = (
    "question",
    "context",
    "image",
    "images",
    "text",
    "audio",
    "table",
    "query",
    "source_sentence",
    "documents",
)


@dataclass(frozen=True)
class ModelThere:
    """A model of a hub. `name` is "" until the hub has chosen one."""

    name: str


@dataclass(frozen=True, kw_only=True)
class HubChoice:
    """As `Choice`, where the hub chooses the model: at the first call, and then that one is kept to."""

    task: Task
    takes: str
    model: ModelThere
    endpoint: str
    task_reason: str
    model_reason: str
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        also = f"\nalso possible: {', '.join(self.others)}" if self.others else ""
        model = (
            f"{self.model.name}, {self.model_reason}"
            if self.model.name
            else "chosen by the hub at the first call"
        )
        return (
            f"task:  {self.task.name}, because {self.task_reason}\n"
            f"model: {model}\n"
            f"way:   on the hub at {self.endpoint}{also}"
        )


class HubPipe:
    """`choice`, `read` and `notes` say what the hub told."""

    def __init__(
        self, choice: HubChoice, hub: HubConnection, *, revision: str | None, fixed: dict[str, Any]
    ) -> None:
        """`fixed`: parameters that the task's name carries (`translation_en_to_fr`)."""
        self.choice = choice
        self.read: list[Read] = []
        self._hub = hub
        self._revision = revision
        self._fixed = fixed
        self._run = Run(task=choice.task.name, model=choice.model.name)
        self._answer: Any = None

    def __call__(self, *inputs: Any, as_text: bool = False, **parameters: Any) -> Any:
        """As a pipe of this process: one answer, a list for a list, an iterator for what streams."""
        self.read = []
        self._answer = self._answer_to(inputs, as_text, parameters)
        return self._answer

    def save(self, path: str | Path) -> Path:
        """Write the last answer to a file, as a pipe of this process does."""
        from openhearth.pipelines.saving import save

        return save(self._answer, path)

    def _answer_to(self, inputs: tuple[Any, ...], as_text: bool, parameters: dict[str, Any]) -> Any:
        with self._run.watched():
            given, parameters = self._given(inputs, parameters)
            many = None if as_text and isinstance(given, str) else find_many(given, self.choice.task.takes)
            if many is None and isinstance(given, list | tuple) and not is_chat(given):
                if not given:
                    raise Invalid("inputs: the list is empty; give at least one.")
                many = Many(given, len(given))
            if many is None:
                return self._call(given, as_text, parameters)
            if not many.is_lazy:
                answers = self._each(many, as_text, parameters)
                rows = list(with_progress(answers, self.choice.task.name, total=many.length))
                return join(self.choice.task, parameters, rows)
        return Answers(self._each(many, as_text, parameters), many.length, self._run)

    def _given(self, inputs: tuple[Any, ...], parameters: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The one input: what was given without a name, else the named parts (`question=`, `context=`, `image=`)."""
        task, named = self.choice.task, {**self._fixed, **parameters}
        named |= dict(zip(task.asks, inputs[1:], strict=False))
        if task.name == "sentence-similarity" and inputs and isinstance(inputs[0], str):
            return {"source_sentence": inputs[0], "sentences": named.pop("sentences", None)}, named
        if inputs:
            return inputs[0], named
        parts = {name: named.pop(name) for name in _PARTS if name in named}
        if not parts:
            raise Invalid(f"inputs: are missing; {task.name} needs an input.")
        return parts, named

    def _each(self, many: Many, as_text: bool, parameters: dict[str, Any]) -> Iterator[Any]:
        items = many.items if not many.is_indexed else (many.items[i] for i in range(len(many.items)))
        for index, item in enumerate(items):
            with naming(index, many.length):
                answer = self._call(item, as_text, parameters, keep_text=False)
            yield answer

    def _call(self, item: Any, as_text: bool, parameters: dict[str, Any], *, keep_text: bool = True) -> Any:
        task = self.choice.task
        sent, read = sent_input(task, item, as_text=as_text)
        said = sent_parameters(with_defaults(task, parameters))
        if task.name == _GENERATION and parameters.get("streamer") is not None:
            result = self._stream(sent, said, parameters["streamer"])
        else:
            answer = self._hub.ask("/api/pipeline", self._wish(sent, said, as_text or not names_link(item)))
            self._learn(str(answer.get("model") or ""))
            read += [
                Read(**{name: each.get(name) for name in ("origin", "kind", "title", "text")})
                for each in answer["read"]
            ]
            result = answer["result"]
        self.read += read if keep_text else [replace(each, text=None) for each in read]
        return shape_one(task, sent, parameters, result)

    def _wish(self, sent: Any, parameters: dict[str, Any], as_text: bool) -> dict[str, Any]:
        wish = {"request": self.choice.task.name, "inputs": sent, "parameters": parameters}
        wish |= {"model": self.choice.model.name} if self.choice.model.name else {}
        wish |= {"revision": self._revision} if self._revision else {}
        return {**wish, "as_text": True} if as_text else wish

    def _stream(self, sent: Any, parameters: dict[str, Any], streamer: Any) -> list[dict[str, str]]:
        """Hand the words to `streamer` as they come (`on_finalized_text`, as transformers' streamers have it)."""
        if not hasattr(streamer, "on_finalized_text"):
            raise Invalid(
                "streamer: has no on_finalized_text; give a TextStreamer or a TextIteratorStreamer."
            )
        pieces = []
        whole = parameters.pop("return_full_text", True)
        body = {"inputs": sent, "parameters": parameters, "stream": True}
        revision = f"?revision={self._revision}" if self._revision else ""
        for event in self._hub.events(
            f"/models/{self._named_model()}/pipeline/{_GENERATION}{revision}", body
        ):
            pieces.append(event["token"]["text"])
            if pieces[-1]:
                streamer.on_finalized_text(pieces[-1], stream_end=False)
        streamer.on_finalized_text("", stream_end=True)
        return [{"generated_text": (sent if whole and isinstance(sent, str) else "") + "".join(pieces)}]

    def _named_model(self) -> str:
        """The model that is called by its own address: the one named, else the first of the hub that is made for the task."""
        if not self.choice.model.name:
            listed = f"/api/models?pipeline_tag={self.choice.task.name}&limit=1"
            found = self._hub.ask(f"{listed}&author={_STARTER}") or self._hub.ask(listed)
            if not found:
                raise Invalid(
                    f"model: the hub at {self._hub.endpoint} has none for {self.choice.task.name}; name one."
                )
            self._learn(str(found[0]["id"]))
        return self.choice.model.name

    def _learn(self, model: str) -> None:
        if not self.choice.model.name and model:
            self.choice = replace(self.choice, model=ModelThere(model), model_reason="which the hub chose")
            self._run.model = model

    @property
    def notes(self) -> list[Note]:
        """What was warned of in this process, and what failed."""
        return self._run.notes

    def note(self, text: str) -> None:
        """Add a note of your own to this run."""
        self._run.remark(text)

    def explain(self) -> NoReturn:
        """Raises Unsupported: the model's lines run where its files are."""
        raise Unsupported(
            "explain: this model runs on a hub; load it here to see its lines: "
            f"HF_ENDPOINT={self._hub.endpoint} and pipeline({self.choice.task.name!r}, model={self.choice.model.name!r})."
        )

    def __repr__(self) -> str:
        return f"<pipeline {self.choice.task.name} on {self._hub.endpoint}>"


def connect(
    request: str | None, model: str | None, *, endpoint: str, token: str | None, revision: str | None
) -> HubPipe:
    """The pipe for a task or plain words on the hub at `endpoint`. Raises NotUnderstood, Invalid."""
    hub = HubConnection(endpoint, token or "")
    if request is None and model is None:
        raise Invalid("task: name a task, say in plain words what you want, or name a model.")
    if request is None:
        task, takes, reason, others = _task_of(hub, str(model))
    else:
        task, takes, reason, others = understand_request(request)
    tongues = tongues_in(request) if request and task.name == "translation" else UNSAID
    fixed = {"src_lang": tongues.source, "tgt_lang": tongues.target}
    choice = HubChoice(
        task=task, takes=takes, model=ModelThere(model or ""), endpoint=endpoint, task_reason=reason,
        model_reason="because you named it", others=others,
    )  # fmt: skip
    return HubPipe(choice, hub, revision=revision, fixed={name: said for name, said in fixed.items() if said})


def _task_of(hub: HubConnection, model: str) -> tuple[Task, str, str, tuple[str, ...]]:
    tag = hub.ask(f"/api/models/{model}").get("pipeline_tag")
    task = find_task(str(tag)) if tag else None
    if task is None:
        raise Invalid(f"task: the card of {model} names none that can be run here; name the task.")
    return task, task.takes, f"the card of {model} names it", ()
