"""One try, put to an engine: what was given as a call, what came back as an answer. Knows no form and no page."""

import base64
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from openhearth.inference import calls
from openhearth.inference.bodies import parse
from openhearth.inference.box.given import Given, GivenFile
from openhearth.inference.box.turns import Turn
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.openai_shapes import ChatRequest, CompletionRequest
from openhearth.inference.task_shapes import TaskCall, media_type, task_answer, to_run
from openhearth.protocol.engine import Result

# Unless the form says how many: as many as fit, at most so many.
ANSWER_TOKENS = 256
_SIMILARITY = "sentence-similarity"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a model answered: JSON, or the bytes of a picture, a sound or a film.

    `nearness` holds the cosine of each sentence with each other, where sentences were compared.
    """

    value: Any = None
    content: bytes = field(default=b"", repr=False)
    content_type: str = ""
    nearness: Sequence[Sequence[float]] = ()
    turns: Sequence[Turn] = ()
    took_s: float = 0.0


async def ask(engine: EngineProcess, given: Given, turns: Sequence[Turn] = ()) -> Answer:
    """What `engine` answers. Raises HubError with a sentence for whoever filled in the form."""
    started = time.monotonic()
    if given.box.task == "text-generation":
        answer = await (_reply if engine.told.has_chat_template else _continue)(engine, given, turns)
    elif given.box.task == _SIMILARITY:
        answer = await _compare(engine, given)
    else:
        call, payload = to_call(given, architecture=engine.told.architecture)
        result = await calls.run(engine, to_run(given.box.task, call, payload))
        answer = _answer(call, result)
    return replace(answer, took_s=time.monotonic() - started)


def to_call(given: Given, *, architecture: str = "") -> tuple[TaskCall, bytes]:
    """The call and the file beside it, as the task API takes them."""
    inputs: Any = None if given.box.fields else ""  # a model may need nothing said
    parameters, payload = _parameters(given, architecture), b""
    for known in given.box.fields:
        if known.name not in given.fields:
            continue
        value = given.fields[known.name]
        place, _, name = known.goes.partition(".")
        if place == "payload":
            payload = value.content
        elif place == "inputs[]":
            inputs = [*(inputs or []), _base64(value)]
        elif place == "parameters":
            parameters[name] = value
        else:
            inputs = {**(inputs or {}), name: value} if name else value
    return TaskCall(inputs=inputs, parameters=parameters), payload


def _parameters(given: Given, architecture: str) -> dict[str, Any]:
    parameters = dict(given.parameters)
    # A model that spells letter by letter knows the times of words, not those of sentences.
    if architecture.endswith("CTC") and parameters.get("return_timestamps") is True:
        parameters["return_timestamps"] = "word"
    return parameters


def _answer(call: TaskCall, result: Result) -> Answer:
    if kind := media_type(result):
        return Answer(content=result.payload, content_type=kind)
    return Answer(value=task_answer(call, result))


async def _reply(engine: EngineProcess, given: Given, turns: Sequence[Turn]) -> Answer:
    """The next turn of the conversation."""
    asked = [*turns, Turn(role="user", text=given.fields["text"])]
    messages = [{"role": turn.role, "content": turn.text} for turn in asked]
    request = parse(ChatRequest, _json({"messages": messages, **given.parameters}))
    made = await calls.generate(engine, replace(request.to_generate(), default_tokens=ANSWER_TOKENS))
    said = [*asked, Turn(role="assistant", text=made.text)]
    return Answer(value=[{"generated_text": made.text}], turns=said)


async def _continue(engine: EngineProcess, given: Given, _: Sequence[Turn]) -> Answer:
    """What a model that knows no conversations writes on."""
    text = given.fields["text"]
    request = parse(CompletionRequest, _json({"prompt": text, **given.parameters}))
    made = await calls.generate(engine, replace(request.to_generate(text), default_tokens=ANSWER_TOKENS))
    return Answer(value=[{"generated_text": made.text}])


async def _compare(engine: EngineProcess, given: Given) -> Answer:
    """How near each sentence is to the first, and to each other."""
    texts = [given.fields["source"], *given.fields["sentences"]]
    result = await calls.run(engine, to_run("feature-extraction", TaskCall(inputs=texts), b""))
    vectors = np.frombuffer(result.payload, np.float32).reshape(result.output["shape"])
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    nearness = ((vectors / lengths) @ (vectors / lengths).T).tolist()
    return Answer(value=nearness[0][1:], nearness=nearness)


def _base64(file: GivenFile) -> str:
    return base64.b64encode(file.content).decode()


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode()
