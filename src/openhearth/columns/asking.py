"""What a cell becomes when a task is asked about it, and which tasks can be asked so. Pure."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.tasks import TASKS, find_task

CELL_MAX_LENGTH = 100_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A parameter that the form asks for. `many`: one a line, or with commas."""

    name: str
    label: str
    hint: str = ""
    required: bool = True
    many: bool = False


_LABELS = Asked(name="candidate_labels", label="Labels", hint="With commas: glad, cross, neither", many=True)
_QUESTION = Asked(name="question", label="Question", hint="Asked of every row.")
# The tasks whose answer fits into a cell, and what they want to know beside the row.
COLUMN_TASKS: Mapping[str, tuple[Asked, ...]] = {
    "text-classification": (),
    "token-classification": (),
    "zero-shot-classification": (_LABELS,),
    "question-answering": (_QUESTION,),
    "summarization": (),
    "translation": (
        Asked(name="tgt_lang", label="Into", hint="A code like fr", required=False),
        Asked(name="src_lang", label="From", hint="A code like en", required=False),
    ),
    "text2text-generation": (),
    "text-generation": (
        Asked(name="max_new_tokens", label="Longest answer", hint="In tokens", required=False),
    ),
    "fill-mask": (),
    "sentence-similarity": (Asked(name="sentences", label="Compare with", hint="One sentence."),),
    "feature-extraction": (),
    "image-classification": (),
    "zero-shot-image-classification": (_LABELS,),
    "image-to-text": (),
    "optical-character-recognition": (),
    "object-detection": (),
    "face-detection": (),
    "visual-question-answering": (_QUESTION,),
    "automatic-speech-recognition": (),
    "audio-classification": (),
    "voice-activity-detection": (),
}
_NUMBERS = frozenset({"max_new_tokens"})


def get_column_task(name: str) -> str:
    """The task called `name`, if it can be run over a column. Raises Invalid."""
    task = find_task(name)
    if task is None or task.name not in COLUMN_TASKS:
        raise Invalid(
            f"task: {name[:80]!r} cannot be run over a column; choose one of {', '.join(COLUMN_TASKS)}."
        )
    return task.name


def takes_files(task: str) -> bool:
    """Whether cells name files of the dataset, pictures or sounds, rather than being the text itself."""
    return TASKS[task].takes in ("image", "audio")


def read_parameters(task: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters that the form sent. Raises Invalid for one that is missing or no number."""
    found: dict[str, Any] = {}
    for asked in COLUMN_TASKS[task]:
        text = given.get(asked.name, "").strip()
        if not text:
            if asked.required:
                raise Invalid(f"{asked.name}: is empty; {task} needs it.")
            continue
        if asked.name in _NUMBERS and not text.isdecimal():
            raise Invalid(f"{asked.name}: {text[:40]!r} is no whole number; correct it, or leave it empty.")
        many = [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
        found[asked.name] = many if asked.many else int(text) if asked.name in _NUMBERS else text
    return found


def inputs_of(task: str, given: str, parameters: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The inputs of one call about the text `given`, and the parameters that are left."""
    rest = dict(parameters)
    match task:
        case "question-answering":
            return {"question": rest.pop("question"), "context": given}, rest
        case "sentence-similarity":
            return {"source_sentence": given, "sentences": [rest.pop("sentences")]}, rest
    return given, rest


def file_inputs_of(
    task: str, content: bytes, parameters: Mapping[str, Any]
) -> tuple[Any, bytes, dict[str, Any]]:
    """The inputs and payload of one call about a file, and the parameters that are left."""
    rest = dict(parameters)
    if "question" in rest:
        return {"image": base64.b64encode(content).decode(), "question": rest.pop("question")}, b"", rest
    if rest:  # parameters travel in JSON, and bytes with them only as base64
        return base64.b64encode(content).decode(), b"", rest
    return None, content, rest
