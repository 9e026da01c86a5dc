"""The body of a task call and its answers, as huggingface_hub's InferenceClient sends and reads them.

`{"inputs": …, "parameters": {…}}` or raw bytes; feature-extraction sends its parameters beside `inputs`
(_providers/hf_inference.py). Text generation speaks TGI's dialect (_generated/types/text_generation.py).
"""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from openhearth.errors import Invalid, Unsupported
from openhearth.inference.parameters import check_parameters
from openhearth.pipelines.tasks import TASKS
from openhearth.protocol.engine import Delta, Generate, Generated, Result, Run, Sampling, Token

DEFAULT_NEW_TOKENS = 256


class TaskCall(BaseModel):
    """A JSON body. `options` belonged to a queueing service and changes no answer here."""

    model_config = ConfigDict(extra="allow")
    inputs: Any = None
    parameters: dict[str, Any] | None = None
    stream: bool | None = False
    options: dict[str, Any] | None = None

    def all_parameters(self) -> dict[str, Any]:
        """Without those that are null, which mean "not given"."""
        given = {**(self.model_extra or {}), **(self.parameters or {})}
        return {name: value for name, value in given.items() if value is not None}


class TextGenerationParameters(BaseModel):
    """TGI's. Fields that would change the text and are not offered are refused."""

    model_config = ConfigDict(extra="forbid")
    max_new_tokens: Annotated[int, Field(ge=1)] | None = None
    do_sample: bool | None = None
    temperature: Annotated[float, Field(ge=0)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    repetition_penalty: Annotated[float, Field(gt=0)] = 1.0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    stop: list[str] = []
    stop_sequences: list[str] = []  # the older name
    return_full_text: bool = False
    details: bool = False
    top_n_tokens: Annotated[int, Field(ge=0, le=20)] = 0
    decoder_input_details: bool = False
    best_of: Annotated[int, Field(ge=1, le=1)] = 1
    watermark: Annotated[bool, Field(strict=True)] = False

    def sampling(self) -> Sampling:
        """Without a word about sampling, the likeliest token each time, as TGI does."""
        samples = self.do_sample or (
            self.do_sample is None and any(v is not None for v in (self.temperature, self.top_p, self.top_k))
        )
        return Sampling(
            temperature=self.temperature if samples else 0.0,
            top_p=self.top_p,
            top_k=self.top_k,
            seed=self.seed,
            repetition_penalty=self.repetition_penalty,
            frequency_penalty=self.frequency_penalty,
            presence_penalty=self.presence_penalty,
        )


def text_generation_parameters(given: dict[str, Any]) -> TextGenerationParameters:
    """Raises Invalid that names the bad parameter."""
    try:
        parameters = TextGenerationParameters.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise Unsupported(f"parameters.{name}: is not offered here; leave it out.") from None
        raise Invalid(f"parameters.{name}: {first['msg']} (given: {str(first['input'])[:80]!r}).") from None
    if parameters.watermark:
        raise Unsupported("parameters.watermark: is not offered here; leave it out.")
    return parameters


def to_generate(inputs: Any, parameters: TextGenerationParameters, *, stream: bool) -> Generate:
    """`inputs` is a text to continue or a conversation. Raises Invalid if it is neither."""
    messages = inputs if isinstance(inputs, list) and all(isinstance(turn, dict) for turn in inputs) else None
    if not isinstance(inputs, str) and not messages:
        raise Invalid("inputs: give a text to continue, or a list of messages with role and content.")
    wants_tokens = parameters.details or stream or parameters.top_n_tokens
    return Generate(
        request_id=0,
        prompt=inputs if isinstance(inputs, str) else None,
        messages=messages or None,
        max_tokens=parameters.max_new_tokens,
        default_tokens=DEFAULT_NEW_TOKENS,
        stop=[*parameters.stop, *parameters.stop_sequences],
        sampling=parameters.sampling(),
        top_logprobs=parameters.top_n_tokens if wants_tokens else None,
        stream=stream,
    )


def generated_text(
    inputs: Any, parameters: TextGenerationParameters, made: Generated
) -> list[dict[str, Any]]:
    prefix = inputs if parameters.return_full_text and isinstance(inputs, str) else ""
    answer: dict[str, Any] = {"generated_text": prefix + made.text}
    if parameters.details:
        answer["details"] = {
            **_ending(made),
            "prefill": [],
            "tokens": [_tgi_token(token) for token in made.tokens],
            "top_tokens": [[_tgi_token(other) for other in token.top] for token in made.tokens],
        }
    return [answer]


def text_event(index: int, delta: Delta) -> dict[str, Any]:
    """One event of TGI's stream: one or more tokens that became text together."""
    first = delta.tokens[0] if delta.tokens else Token(id=0, text="", logprob=0.0)
    token = {"id": first.id, "text": delta.text, "logprob": first.logprob, "special": False}
    return {"index": index, "token": token, "generated_text": None, "details": None}


def last_text_event(index: int, made: Generated) -> dict[str, Any]:
    token = {"id": 0, "text": "", "logprob": 0.0, "special": True}
    return {"index": index, "token": token, "generated_text": made.text, "details": _ending(made)}


def _ending(made: Generated) -> dict[str, Any]:
    reason = {"stop": "eos_token"}.get(made.finish_reason, made.finish_reason)
    return {"finish_reason": reason, "generated_tokens": made.usage.completion_tokens, "seed": made.seed}


def _tgi_token(token: Any) -> dict[str, Any]:
    return {"id": token.id, "text": token.text, "logprob": token.logprob, "special": False}


def read_call(body: bytes, content_type: str, *, takes_text: bool) -> tuple[TaskCall, bytes]:
    """The JSON of a body, or its bytes as the payload of an empty call; a plain text is the input. Raises Invalid."""
    if content_type.startswith("multipart/"):
        raise Invalid(
            "body: a form is not read here; send the bytes of the file alone (curl --data-binary @FILE), or JSON."
        )
    is_json = content_type.startswith("application/json")
    if not is_json and not takes_text:
        return TaskCall(), body
    try:
        return TaskCall.model_validate(json.loads(body)), b""
    except (ValueError, RecursionError):
        if content_type.startswith("text/plain") and body:
            return TaskCall(inputs=_decoded(body)), b""
        raise Invalid('body: is no JSON object; send {"inputs": …, "parameters": {…}}.') from None


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Invalid("body: is no UTF-8 text; save it as UTF-8 first.") from None


def check_texts(inputs: Any, *, place: str = "inputs") -> None:
    """Raises Invalid for what is no text or holds none: an empty one, an empty list, a number, half a character."""
    if isinstance(inputs, str):
        if not inputs.strip():
            raise Invalid(f"{place}: the text is empty; give one with words in it.", param="inputs")
        if not inputs.isascii() and inputs != inputs.encode(errors="replace").decode():
            raise Invalid(
                f"{place}: holds half a character (a lone surrogate); send whole ones.", param="inputs"
            )
    elif isinstance(inputs, list):
        if not inputs:
            raise Invalid(f"{place}: the list is empty; give at least one text.", param="inputs")
        for index, item in enumerate(inputs):
            check_texts(item, place=f"{place}[{index}]")
    elif not isinstance(inputs, dict):
        raise Invalid(f"{place}: {inputs!r:.80} is no text; give a text, or a list of texts.", param="inputs")


def to_run(task: str, call: TaskCall, payload: bytes) -> Run:
    """Raises Invalid for a call without input, or with what is none; for parameters of another kind than the task's."""
    parameters = call.all_parameters()
    check_parameters(task, parameters)
    if task == "table-question-answering":
        parameters.pop("model", None)  # InferenceClient.table_question_answering sends the address it calls
    if call.inputs is None and "table" in parameters:  # as InferenceClient.tabular_classification sends it
        return Run(request_id=0, inputs=parameters.pop("table"), parameters=parameters)
    if not payload and call.inputs is None:
        raise Invalid(f"inputs: is missing; {task} needs an input.")
    if call.inputs is not None and TASKS[task].takes == "text":
        check_texts(call.inputs)
    is_compared = task == "feature-extraction" and isinstance(call.inputs, dict)
    inputs = _sentences(call.inputs) if is_compared else call.inputs
    return Run(request_id=0, inputs=inputs, parameters=parameters, payload=payload)


def task_answer(call: TaskCall, result: Result) -> Any:
    """Vectors as nested lists (or similarities, if sentences were to be compared); anything else as it is."""
    if not isinstance(result.output, dict) or "shape" not in result.output:
        return result.output
    vectors = np.frombuffer(result.payload, np.float32).reshape(result.output["shape"])
    if isinstance(call.inputs, dict):
        return _similarities(vectors)
    return vectors[0].tolist() if result.output["is_single"] else vectors.tolist()


def as_client_reads(task: str, answer: Any) -> Any:
    """`answer` as InferenceClient reads it, where that is not what transformers' pipelines give.

    zero-shot-classification: a row for each label (_client.py, `zero_shot_classification`).
    """
    if task != "zero-shot-classification":
        return answer
    if isinstance(answer, list):
        return [as_client_reads(task, each) for each in answer]
    pairs = zip(answer["labels"], answer["scores"], strict=True)
    return [{"label": label, "score": score} for label, score in pairs]


def media_type(result: Result) -> str | None:
    """What the payload of `result` is, if it is a picture, a sound or a film."""
    return result.output.get("content_type") if result.payload and isinstance(result.output, dict) else None


def _sentences(inputs: dict[str, Any]) -> list[str]:
    """sentence-similarity: the source first, then what it is compared with."""
    source, others = inputs.get("source_sentence"), inputs.get("sentences")
    if not isinstance(source, str) or not isinstance(others, list) or not others:
        raise Invalid('inputs: give texts, or {"source_sentence": …, "sentences": […]} to compare.')
    return [source, *others]


def _similarities(vectors: Any) -> Sequence[float]:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)
    scores: Sequence[float] = (vectors[1:] @ vectors[0] / (lengths[1:] * lengths[0])).tolist()
    return scores
