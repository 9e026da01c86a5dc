"""Answers by an instruct model: it reads the passage nearest to the question and quotes; the quote is found in the text.

What it says counts only where the text says it too: an answer that cannot be found there is no answer.
"""

import re
from collections.abc import Iterator
from typing import Any, Self

from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.instruct import Instruct, load_instruct
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import conversation
from openhearth.pipelines.question_spans import Span
from openhearth.pipelines.splitting import sentences

ANSWER_TOKENS = 32
_WINDOW_TOKENS = 500
_WINDOWS_ASKED = 3
_REFUSALS = (
    "not in this text",
    "not in the text",
    "not mentioned",
    "does not say",
    "doesn't say",
    "no information",
    "not stated",
)
_WORD = re.compile(r"\w+")
# Words that say nothing about whether a passage speaks of what was asked.
_LITTLE = frozenset(
    _WORD.findall(
        "the a an of to in on at for from by with and or is are was were be been do does did has have had what which who "
        "whom whose when where why how many much long old tall far it its this that these those there their his her he she they"
    )
)


class AskedAnswers:
    def __init__(self, instruct: Instruct) -> None:
        self.instruct = instruct
        self.model, self.tokenizer = instruct.model, instruct.tokenizer

    @classmethod
    def of(cls, found: FoundModel, options: PipelineOptions) -> Self:
        return cls(load_instruct(found, options))

    def find(
        self, question: str, context: str, *, top_k: int, max_answer_len: int = ANSWER_TOKENS, **_: Any
    ) -> list[Span]:
        """Passages that the model quoted, and a span without length where it, or the text, says nothing."""
        spans: list[Span] = []
        for start, end, nearness in self._nearest(question, context):
            said = self.instruct.say(
                conversation("question-answering", text=context[start:end], question=question),
                max_new_tokens=max_answer_len,
            )
            place = None if _refuses(said) else locate(said, context[start:end])
            if place is not None and not _repeats(context[start:end][place[0] : place[1]], question):
                spans.append(Span(round(nearness, 4), start + place[0], start + place[1]))
        best = max((span.score for span in spans), default=0.0)
        return [*sorted(spans, key=lambda span: -span.score), Span(round(1 - best, 4), 0, 0)][:top_k]

    def _nearest(self, question: str, context: str) -> list[tuple[int, int, float]]:
        """The windows of `context` that share most words with `question`, and the share; those that share none are left out."""
        asked = set(_words(question)) - _LITTLE
        windows = []
        for start, end in _windows(context, self.instruct.count):
            shared = asked & set(_words(context[start:end]))
            if shared or not asked:
                windows.append((start, end, (len(shared) + 0.5) / (len(asked) + 0.5) if asked else 0.5))
        return sorted(windows, key=lambda window: -window[2])[:_WINDOWS_ASKED]


def _windows(context: str, count: Any) -> Iterator[tuple[int, int]]:
    """Places of consecutive sentences that a small model can keep in mind."""
    start, tokens = 0, 0
    for a, b in sentences(context):
        size = count(context[a:b])
        if tokens and tokens + size > _WINDOW_TOKENS:
            yield start, a
            start, tokens = a, 0
        tokens += size
    if context[start:].strip():
        yield start, len(context)


def locate(answer: str, context: str) -> tuple[int, int] | None:
    """Where `context` says `answer`: as it stands, else the longest run of its words; None where neither is found."""
    quoted = answer.strip().strip("\"'“”.").strip()
    if not quoted:
        return None
    at = context.lower().find(quoted.lower())
    if at >= 0:
        return at, at + len(quoted)
    return _longest_run(_words(quoted), context)


def _longest_run(wanted: list[str], context: str) -> tuple[int, int] | None:
    found = [(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(context)]
    best: tuple[int, int, int] | None = None
    for i in range(len(found)):
        for j in range(len(wanted)):
            length = 0
            while (
                i + length < len(found)
                and j + length < len(wanted)
                and found[i + length][0] == wanted[j + length]
            ):
                length += 1
            if (
                length
                and any(word not in _LITTLE for word, _, _ in found[i : i + length])
                and (best is None or length > best[0])
            ):
                best = length, found[i][1], found[i + length - 1][2]
    return (best[1], best[2]) if best else None


def _words(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text.lower())]


def _stem(word: str) -> str:
    """A word without the ending that a question bends: `boils` and `boil` speak of one thing."""
    return word[:-1] if len(word) > 4 and word.endswith("s") else word


def _refuses(said: str) -> bool:
    return any(phrase in said.lower() for phrase in _REFUSALS)


def _repeats(answer: str, question: str) -> bool:
    """Whether an answer only gives the question's own words back."""
    return set(_words(answer)) - _LITTLE <= set(_words(question))
