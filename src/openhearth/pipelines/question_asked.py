"""Answers by an instruct model: it is shown the sentences nearest to the question and quotes; the quote is found in the text.

What it says counts only where the text says it too. Which sentences are near is asked of an embedder if one is on this
machine, else of the words they share.
"""

import re
from collections.abc import Sequence
from typing import Any, Self

from openhearth.pipelines.embedder import Embedder
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.instruct import Instruct, load_instruct
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.prompts import conversation
from openhearth.pipelines.question_spans import Span
from openhearth.pipelines.shelf import list_shelf
from openhearth.pipelines.splitting import sentences

ANSWER_TOKENS = 32
_SENTENCES_ASKED = 2
# Below this nearness a sentence does not speak of what was asked.
LEAST_NEARNESS = 0.35
_REFUSALS = (
    "not in this text", "not in the text", "not mentioned", "does not say", "doesn't say", "no information", "not stated"
)  # fmt: skip
_WORD = re.compile(r"\w+")
# Words that say nothing about whether a passage speaks of what was asked.
_LITTLE = frozenset(
    _WORD.findall(
        "the a an of to in on at for from by with and or is are was were be been do does did has have had what which who "
        "whom whose when where why how many much long old tall far it its this that these those there their his her he she they"
    )
)


class AskedAnswers:
    """`model` and `tokenizer` are transformers' own."""

    def __init__(self, instruct: Instruct, embedder: Embedder | None) -> None:
        self.instruct = instruct
        self.embedder = embedder
        self.model, self.tokenizer = instruct.model, instruct.tokenizer

    @classmethod
    def of(cls, found: FoundModel, options: PipelineOptions) -> Self:
        near = next(
            (known for known in list_shelf() if known.folder is not None and known.folder.is_embedder), None
        )
        embedder = Embedder.of(FoundModel(name=near.id, path=near.path), options) if near else None
        return cls(load_instruct(found, options), embedder)

    def find(
        self, question: str, context: str, *, top_k: int, max_answer_len: int = ANSWER_TOKENS, **_: Any
    ) -> list[Span]:
        """Passages that the model quoted, best first, and a span without length for the chance that there is none."""
        places = sentences(context)
        nearness = self._near(question, [context[a:b] for a, b in places])
        best = sorted(range(len(places)), key=lambda i: -nearness[i])[:_SENTENCES_ASKED]
        nowhere = Span(round(1 - max(nearness, default=0.0), 4), 0, 0)
        if max(nearness, default=0.0) < LEAST_NEARNESS:
            return [nowhere, *(Span(round(nearness[i] / 2, 4), *places[i]) for i in best)][:top_k]
        spans = [self._quote(question, context, places[i], nearness[i], max_answer_len) for i in best[:top_k]]
        return [*spans, nowhere][:top_k]

    def nearest(self, question: str, context: str) -> str:
        """The sentence of `context` that is nearest to the question: the first that the model is shown."""
        said = [context[start:end] for start, end in sentences(context)]
        nearness = self._near(question, said)
        return said[max(range(len(said)), key=lambda i: nearness[i])]

    def _near(self, question: str, said: Sequence[str]) -> list[float]:
        """How near each sentence is to the question, 0 to 1."""
        if self.embedder is not None:
            return [max(0.0, cosine) for cosine in self.embedder.near(question, said)]
        asked = set(_words(question)) - _LITTLE
        return [len(asked & set(_words(text))) / (len(asked) or 1) for text in said]

    def _quote(self, question: str, context: str, place: tuple[int, int], nearness: float, most: int) -> Span:
        """What the model quotes of one sentence; the sentence itself where its words are not found there."""
        start, end = place
        said = self.instruct.say(
            conversation("question-answering", text=context[start:end], question=question),
            max_new_tokens=most,
        )
        quoted = None if _refuses(said) else locate(said, context[start:end])
        if quoted is None or _repeats(context[start:end][quoted[0] : quoted[1]], question):
            return Span(round(nearness / 2, 4), start, end)
        return Span(round(nearness, 4), start + quoted[0], start + quoted[1])


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
