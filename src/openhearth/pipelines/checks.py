"""What a call of a pipeline of transformers may be given, checked before it is worked.

Deep inside transformers a wrong value becomes a KeyError or a tensor of odd shape; here it is named, with what helps. What
this table does not know is passed on as it is.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.lists import number_of
from openhearth.pipelines.reading.reader import is_chat
from openhearth.pipelines.tasks import Task


def _one_of(*names: str) -> Callable[[Any], str | None]:
    """Enumerations of transformers are named by texts of any case."""

    def check(value: Any) -> str | None:
        known = value is None or not isinstance(value, str) or value.lower() in names
        return None if known else f"use one of {', '.join(names)}"

    return check


def _whole(at_least: int, *, or_none: bool = False) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        if value is None and or_none:
            return None
        number = number_of(value)
        fits = number is not None and number.is_integer() and number >= at_least
        return None if fits else f"give a whole number of {at_least} or more"

    return check


def _share(value: Any) -> str | None:
    number = 0 if value is None else number_of(value)
    return None if number is not None and 0 <= number <= 1 else "give a number between 0 and 1"


def _seconds(value: Any) -> str | None:
    number = 0 if value is None else number_of(value)
    return None if number is not None and number >= 0 else "give seconds, 0 or more"


def _labels(value: Any) -> str | None:
    labels = (
        value.split(",") if isinstance(value, str) else list(value) if isinstance(value, Iterable) else []
    )
    given = bool(labels) and all(str(label).strip() for label in labels)
    return None if given else "give at least one label, as a list or with commas"


def _template(value: Any) -> str | None:
    fits = isinstance(value, str) and value.count("{}") == 1
    return None if fits else "give a sentence with {} where the label goes"


_CLASSIFIERS = ("text-classification", "image-classification", "audio-classification", "video-classification")
_CHECKS: Mapping[str, Callable[[Any], str | None]] = {
    "batch_size": _whole(1, or_none=True),
    "function_to_apply": _one_of("sigmoid", "softmax", "none"),
    "aggregation_strategy": _one_of("none", "simple", "first", "average", "max"),
    "candidate_labels": _labels,
    "hypothesis_template": _template,
    "threshold": _share,
    "max_new_tokens": _whole(1, or_none=True),
}
_CHECKS_OF_OWN: Mapping[str, Callable[[Any], str | None]] = {
    name: _whole(1, or_none=True) for name in ("max_length", "max_new_tokens", "num_return_sequences")
}
_CHECKS_OF: Mapping[str, Mapping[str, Callable[[Any], str | None]]] = {
    **{task: {"top_k": _whole(1, or_none=True)} for task in (*_CLASSIFIERS, "fill-mask")},
    "automatic-speech-recognition": {
        "return_timestamps": _one_of("word", "char"),
"chunk_length_s": _seconds,
    },
}  # fmt: skip


def check_parameters(task: Task, parameters: Mapping[str, Any], *, own: bool = False) -> None:
    """Raise Invalid for a value that the task cannot be called with. `own`: it is none of transformers', and checks most itself."""
    checks = _CHECKS_OF_OWN if own else {**_CHECKS, **_CHECKS_OF.get(task.name, {})}
    for name, value in parameters.items():
        remedy = checks[name](value) if name in checks else None
        if remedy is not None:
            raise Invalid(f"{name}: {str(value)[:80]!r} will not do for {task.name}; {remedy}.")


def check_inputs(task: Task, inputs: Any) -> None:
    """Raise Invalid for what is no text or conversation where the task takes nothing else."""
    if task.name == "text-classification":
        for item in inputs if isinstance(inputs, list) else [inputs]:
            _check_pair(item)
    elif task.name == "text-generation":
        _check_turns(inputs)


def _check_pair(item: Any) -> None:
    if isinstance(item, list | tuple):
        raise Invalid(
            'inputs: a list in the list is no text; give two texts that go together as {"text": …, "text_pair": …}.'
        )
    if isinstance(item, Mapping):
        text = item.get("text")
        if not isinstance(text, str) or not text.strip():
            raise Invalid('inputs: "text" is missing or empty; give {"text": …}, perhaps with "text_pair".')


def _check_turns(inputs: Any) -> None:
    if isinstance(inputs, Mapping):
        raise Invalid(
            'inputs: a conversation is a list of turns; give [{"role": "user", "content": …}], with all turns in order.'
        )
    if not isinstance(inputs, list) or not inputs:
        return
    if is_chat(inputs):
        if any("content" not in turn and "tool_calls" not in turn for turn in inputs):
            raise Invalid('inputs: a turn has no "content"; give what was said in it.')
    elif any(isinstance(item, Mapping) for item in inputs):
        raise Invalid('inputs: a turn has no "role"; say who speaks: system, user or assistant.')


def bound(
    worker: Any, task: Task, inputs: tuple[Any, ...], parameters: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The call with its input first, whatever name it was given by. Raises Invalid for one that does not fit the task."""
    try:
        signature = inspect.signature(worker.__call__)
    except (TypeError, ValueError):  # written in C: it checks itself
        return inputs, parameters
    first = next(iter(signature.parameters.values()), None)
    if task.name == "question-answering":
        inputs, parameters = _asked(inputs, parameters)
    if not inputs and first is not None:
        names = (first.name, *(name for name in _INPUT_NAMES if name not in signature.parameters))
        name = next((name for name in names if name in parameters and name not in task.asks), None)
        if name is not None:
            inputs = (parameters[name],)
            parameters = {other: value for other, value in parameters.items() if other != name}
    try:
        signature.bind(*inputs, **parameters)
    except TypeError as error:
        if not inputs:
            raise Invalid(
                f"inputs: are missing; give {task.name} {_WANTED.get(task.takes, 'an input')}."
            ) from None
        if unknown := find_unknown(error):
            raise _unknown(task, unknown) from None
        raise Invalid(
            f"{task.name}: does not take this call ({error}); give one input, and parameters by their names."
        ) from None
    return inputs, parameters


def _asked(inputs: tuple[Any, ...], parameters: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A question and its context in this order, as transformers took them before version 5."""
    texts = inputs if len(inputs) == 2 else (*inputs, parameters.get("context"))
    if "question" in parameters or len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        return inputs, parameters
    return (), {**parameters, "question": texts[0], "context": texts[1]}


# How a call and how `generate` say that they know no such parameter.
_UNKNOWN = re.compile(
    r"unexpected keyword argument '(\w+)'|`model_kwargs` are not used by the model: \[([^]]*)\]"
)


def find_unknown(error: Exception) -> str | None:
    """The parameters that `error` calls unknown, with commas; None where it speaks of something else."""
    said = _UNKNOWN.search(str(error))
    return (said[1] or said[2].replace("'", "")) if said else None


@contextmanager
def unknown_named(task: Task) -> Iterator[None]:
    """Say of a parameter that nothing in this block knows that it is unknown."""
    try:
        yield
    except (TypeError, ValueError) as error:
        unknown = find_unknown(error)
        if unknown is None and task.name == "decision" and isinstance(error, ValueError):
            # transformers reads the questions, and says in a sentence what is wrong with them.
            raise Invalid(f"inputs: {' '.join(str(error).split())}; {_DECISION}") from error
        if unknown is None:
            raise
        # Our sentence says all there is to say: no earlier notes are looked up for it.
        raise _unknown(task, unknown) from None


def _unknown(task: Task, names: str) -> Invalid:
    return Invalid(f"{names}: {task.name} has no such parameter here; mend its name, or leave it out.")


# What transformers calls the first input of one task or another.
_INPUT_NAMES = ("inputs", "sequences", "text_inputs", "images")
_DECISION = 'give {"state": …, "questions": {name: {"type": …, "instructions": …, "criteria": …}}}.'
_WANTED = {"text": "a text", "image": "an image", "audio": "a sound", "video": "a film", "table": "a table"}
