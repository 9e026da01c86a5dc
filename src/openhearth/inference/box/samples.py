"""What a visitor may try a model with: the examples that its card gives, else ours.

Cards carry them as `widget`, a list of `{text}`, `{source_sentence, sentences}`, `{messages}` or `{src}`, each with
an `example_title` (the convention of model cards). `src` is a file of the same repo; addresses elsewhere are left out.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openhearth.errors import Invalid
from openhearth.kit.names import RepoRef, check_path
from openhearth.pipelines.tasks import SERVED
from openhearth.urls import Urls

SAMPLES_MAX = 6
TITLE_MAX = 60
OURS: Mapping[str, Mapping[str, str]] = {
    "text-generation": {"text": "Why is steel harder than iron? Answer in two sentences."},
    "feature-extraction": {
        "source": "A guitar is on the table.",
        "sentences": "There is a musical instrument on a piece of furniture.\nThe stock market fell today.",
    },
}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One example: the form fields that it fills. `src` is where its picture or sound is shown from."""

    title: str
    fields: Mapping[str, str]
    src: str | None = None
    value: str = field(init=False)  # the fields, as the value of the button that sends them

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", json.dumps(self.fields, ensure_ascii=False))


def list_samples(card: Mapping[str, Any], task: str, *, repo: RepoRef, urls: Urls) -> list[Sample]:
    """The examples for `task` that `card` gives, else ours."""
    given = card.get("widget")
    wants_file = SERVED[task].takes != "text"
    found: list[Sample] = []
    for example in given if isinstance(given, list) else []:
        fields = _fields(example, task)
        if fields is None or ("file" in fields) != wants_file:
            continue
        src = urls.resolve(repo, "main", fields["file"]) if wants_file else None
        title = str(example.get("example_title") or next(iter(fields.values())))
        found.append(Sample(title=_short(title), fields=fields, src=src))
    if not found and task in OURS:
        found = [Sample(title=_short(next(iter(OURS[task].values()))), fields=OURS[task])]
    return found[:SAMPLES_MAX]


def read_sample(value: str) -> dict[str, str]:
    """The fields that a sample's button sent. Raises Invalid for what no button of ours holds."""
    try:
        fields = json.loads(value)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or not all(isinstance(text, str) for text in fields.values()):
        raise Invalid("example: is none of this model's; choose one on its page.")
    return fields


def _fields(example: Any, task: str) -> dict[str, str] | None:
    """The form fields that one example of a card fills; None for what cannot be shown."""
    if not isinstance(example, dict):
        return None
    if isinstance(example.get("src"), str):
        path = example["src"]
        return {"file": path} if _is_inside(path) else None
    if task == "feature-extraction":
        sentences = example.get("sentences")
        if not isinstance(sentences, list):
            return None
        lines = "\n".join(str(sentence) for sentence in sentences)
        return {"source": str(example.get("source_sentence", "")), "sentences": lines}
    text = next(_texts(example), None)
    return None if text is None else {"text": text}


def _texts(example: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(example.get("text"), str):
        yield example["text"]
    messages = example.get("messages")
    for message in messages if isinstance(messages, list) else []:
        if (
            isinstance(message, dict)
            and message.get("role") == "user"
            and isinstance(message.get("content"), str)
        ):
            yield message["content"]


def _is_inside(path: str) -> bool:
    try:
        check_path(path)
    except Invalid:
        return False
    return "://" not in path


def _short(title: str) -> str:
    return title if len(title) <= TITLE_MAX else title[: TITLE_MAX - 1].rstrip() + "…"
