"""The twins of answers and decisions."""

from collections.abc import Mapping
from typing import Any

from openhearth.errors import Unsupported

Twinned = tuple[str, dict[str, Any]]
_LONGEST_ANSWER = 15


def deciding(call: Any, worker: Any) -> Twinned:
    """The request whole: questions and state."""
    inputs = call.inputs
    if not isinstance(inputs, Mapping):
        raise Unsupported('explain: give one request, as {"state": …, "questions": …}, to see its lines.')
    return "decision", {"inputs": dict(inputs)}


def answering(call: Any, worker: Any) -> Twinned:
    """By marks in the text, or by how likely a language model finds each passage."""
    row = call.inputs[0] if isinstance(call.inputs, list) and call.inputs else call.inputs
    if not isinstance(row, Mapping):  # one of the two by itself, the other by its name
        alone = "question" if "context" in call.parameters else "context"
        row = {**({alone: row} if row else {}), **call.parameters}
    question, context = _first(row["question"]), _first(row["context"])
    answers = worker.answers
    if not hasattr(answers, "instruct"):
        longest = call.parameters.get("max_answer_len", _LONGEST_ANSWER)
        return "question-answering", {"question": question, "context": context, "longest": longest}
    return "answer-likelihood", answers.twin(question, context)


def _first(given: Any) -> Any:
    return given[0] if isinstance(given, list) else given
