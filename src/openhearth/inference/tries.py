"""One try of a model through the form on its page: the form's fields in, what came of it out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from openhearth.errors import Invalid
from openhearth.inference import calls
from openhearth.inference.bodies import BODY_MAX_BYTES, parse
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.openai_shapes import ChatRequest, CompletionRequest
from openhearth.inference.task_shapes import TaskCall, task_answer, to_run
from openhearth.kit.names import check_path
from openhearth.pipelines.tasks import SERVED
from openhearth.protocol.engine import Run

# Field of the form → how its text is read.
PARAMETERS = {"temperature": float, "top_p": float, "max_tokens": int, "seed": int}
DEFAULTS: Mapping[str, str] = {"temperature": "0", "top_p": "1", "max_tokens": "", "seed": ""}
# Unless the form says how many: as many as fit, at most so many.
ANSWER_TOKENS = 256


@dataclass(frozen=True, kw_only=True)
class Score:
    """One line of an answer: a label, or a sentence, and how much of it."""

    label: str
    share: float
    text: str = ""  # how it is written, if not in per cent


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one side of a conversation said."""

    role: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a try: `text`, `scores` or a longer conversation, or the sentence that says why not."""

    text: str | None = None
    begins: str = ""  # what `text` continues
    scores: Sequence[Score] = ()
    turns: Sequence[Turn] = ()
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Try:
    """What the form sent. `file` is a file of the repo, `payload` the bytes of one that was uploaded."""

    task: str
    values: Mapping[str, str]
    payload: bytes = b""
    turns: Sequence[Turn] = field(default_factory=tuple)

    @property
    def has_input(self) -> bool:
        return SERVED[self.task].takes == "text" or bool(self.payload or self.values.get("file"))


async def run_try(engine: EngineProcess, given: Try) -> Outcome:
    """Ask `engine`. Raises HubError with a sentence for whoever filled in the form."""
    if given.task == "text-generation":
        return await (_answer if engine.told.has_chat_template else _continue)(engine, given)
    if given.task == "feature-extraction":
        return await _compare(engine, given.values)
    payload = given.payload or _read_file(engine.spec.folder, given.values.get("file", ""))
    result = await calls.run(engine, Run(request_id=0, payload=payload))
    if given.task == "image-classification":
        return Outcome(scores=[Score(label=row["label"], share=row["score"]) for row in result.output])
    return Outcome(text=result.output["text"])


async def _answer(engine: EngineProcess, given: Try) -> Outcome:
    """The next turn of the conversation."""
    turns = [*given.turns, Turn(role="user", text=_text(given.values))]
    messages = [{"role": turn.role, "content": turn.text} for turn in turns]
    request = parse(ChatRequest, _json({"messages": messages, **_parameters(given.values)}))
    made = await calls.generate(engine, replace(request.to_generate(), default_tokens=ANSWER_TOKENS))
    return Outcome(turns=[*turns, Turn(role="assistant", text=made.text)])


async def _continue(engine: EngineProcess, given: Try) -> Outcome:
    """What a model that knows no conversations writes on."""
    text = _text(given.values)
    request = parse(CompletionRequest, _json({"prompt": text, **_parameters(given.values)}))
    made = await calls.generate(engine, replace(request.to_generate(text), default_tokens=ANSWER_TOKENS))
    return Outcome(text=made.text, begins=text)


async def _compare(engine: EngineProcess, values: Mapping[str, str]) -> Outcome:
    """How near each sentence is to the first."""
    sentences = [line.strip() for line in values.get("sentences", "").splitlines() if line.strip()]
    call = TaskCall(inputs={"source_sentence": values.get("source", ""), "sentences": sentences})
    result = await calls.run(engine, to_run("feature-extraction", call, b""))
    pairs = zip(sentences, task_answer(call, result), strict=True)
    return Outcome(
        scores=[
            Score(label=sentence, share=score, text=f"{round(score, 2) + 0.0:.2f}")
            for sentence, score in pairs
        ]
    )


def _text(values: Mapping[str, str]) -> str:
    if not values.get("text"):
        raise Invalid("text: write something first.")
    return values["text"]


def _parameters(values: Mapping[str, str]) -> dict[str, float | int]:
    """The parameters that were filled in. Raises Invalid for what is no number."""
    found: dict[str, float | int] = {}
    for name, kind in PARAMETERS.items():
        text = values.get(name) or DEFAULTS[name]
        try:
            found |= {name: kind(text)} if text else {}
        except ValueError:
            raise Invalid(f"{name}: {text!r} is no number; correct it, or leave it empty.") from None
    return found


def _read_file(folder: Path, name: str) -> bytes:
    """A file of the model's own repo, which whoever runs the model may read."""
    path = folder / check_path(name)
    if not path.is_file():
        raise Invalid(f"file: {name!r} is not in this repo; choose another.")
    if path.stat().st_size > BODY_MAX_BYTES:
        raise Invalid(f"file: {name!r} is larger than {BODY_MAX_BYTES >> 20} MiB; choose a smaller one.")
    return path.read_bytes()


def read_turns(text: str) -> list[Turn]:
    """The conversation so far, as the form carries it. Raises Invalid."""
    try:
        messages = json.loads(text) if text else []
        return [Turn(role=str(message["role"]), text=str(message["content"])) for message in messages]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Invalid("messages: the conversation cannot be read; start over.") from None


def write_turns(turns: Sequence[Turn]) -> str:
    return json.dumps([{"role": turn.role, "content": turn.text} for turn in turns], ensure_ascii=False)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
