"""question-generation: a text in, a quiz on it out.

Nothing is made up: a question is a sentence of the text with one of its names, numbers or dates left out, and the wrong
options are others of the same kind that the text states elsewhere (or, for lack of those, its number changed). An
embedder says which sentences the text is about.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.embedder import Embedder
from openhearth.pipelines.facts import Fact, find_facts
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.lists import checked_texts
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.splitting import sentences

QUESTIONS = 5
OPTIONS = 4
GAP = "_____"
# Longer texts are asked about their most central sentences; embedding more would take minutes.
SENTENCES_MAX = 400
_WORDS = range(6, 45)
_ASKS = {"date": "When was it?", "number": "How much or how many?", "name": "Who or what is it?"}
# What such a sentence speaks of stands in another one.
_POINTS_BACK = re.compile(
    r"\W*(?:he|she|it|they|this|that|these|those|his|her|its|their|there|then|such|and|but|so|however|thus)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_IN = re.compile(r"\b(?:in|near|at|from|to|into|of|reached|off)\s+(?:the\s+)?$", re.IGNORECASE)
_LADDER = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty", "thirty",
    "forty", "fifty", "sixty",
)  # fmt: skip


@dataclass(frozen=True)
class _Gap:
    sentence: int
    fact: Fact
    others: tuple[str, ...]


class QuestionGeneration:
    """`model` and `tokenizer` are transformers' own."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.model, self.tokenizer = embedder.model, embedder.tokenizer

    def __call__(
        self, inputs: Any, *, questions: int = QUESTIONS, options: int = OPTIONS, seed: int = 0
    ) -> list[Any]:
        """`[{"question", "options", "correct", "answer", "passage", "start", "end"}]`, in the order of the text.

        `correct` is the place of the right option, `start` and `end` that of the answer in the text, in characters. A
        list of texts gives a list of such lists. Raises Invalid for a text that states too little to ask for.
        """
        if questions < 1 or options < 2:
            raise Invalid("questions, options: give at least one question and two options.")
        rows = [self._quiz(text, questions, options, seed) for text in checked_texts(inputs)]
        return rows[0] if isinstance(inputs, str) else rows

    def _quiz(self, text: str, most: int, options: int, seed: int) -> list[dict[str, Any]]:
        places = sentences(text)
        gaps = list(_gaps(text, places, options - 1))
        if not gaps:
            raise Invalid(
                "inputs: the text states too few names, numbers or dates to make questions with options of; give a longer one."
            )
        central = self._central([text[slice(*place)] for place in places])
        gaps.sort(key=lambda gap: (-len(gap.others), -central[gap.sentence]))
        chosen: dict[int, _Gap] = {}
        asked: set[str] = set()
        for gap in gaps:
            if len(chosen) < most and gap.sentence not in chosen and gap.fact.text not in asked:
                chosen[gap.sentence] = gap
                asked.add(gap.fact.text)
        shuffle = random.Random(seed)  # noqa: S311 - the order of options is no secret
        return [_question(text, places[number], chosen[number], shuffle) for number in sorted(chosen)]

    def _central(self, said: Sequence[str]) -> list[float]:
        """How near each sentence is to what the text as a whole speaks of."""
        step = max(1, -(-len(said) // SENTENCES_MAX))
        known = self.embedder.centrality(said[::step])
        return [known[index // step] if index % step == 0 else -1.0 for index in range(len(said))]


def _gaps(text: str, places: Sequence[tuple[int, int]], most_others: int) -> Iterator[_Gap]:
    facts = find_facts(text)
    for number, (start, end) in enumerate(places):
        said = text[start:end]
        if len(said.split()) not in _WORDS or _POINTS_BACK.match(said) or not _begins_large(said):
            continue
        here = [fact for fact in facts if start <= fact.start and fact.end <= end]
        for fact in here:
            if sum(fact.text.lower() in other.text.lower() for other in here) > 1:
                continue  # said twice: the sentence would give it away
            others = _others(text, fact, facts, said, most_others)
            if others:
                yield _Gap(number, fact, others)


def _others(text: str, fact: Fact, facts: Sequence[Fact], said: str, most: int) -> tuple[str, ...]:
    """Other facts of the kind of `fact` that the sentence does not state, those most like it first.

    Where the text states too few numbers of a kind, its own number changed: that is wrong for certain.
    """
    low = said.lower()
    fitting = [other for other in facts if other.kind == fact.kind and _shape(other) == _shape(fact)]
    is_place = _is_place(text, fact)
    fitting.sort(
        key=lambda other: (_is_place(text, other) != is_place, abs(len(other.text) - len(fact.text)))
    )
    chosen = [fact.text]
    for known in [*(other.text for other in fitting), *_changed(fact)]:
        may_be_one = known in chosen or (fact.kind == "name" and any(_overlap(known, c) for c in chosen))
        if not may_be_one and known.lower() not in low:
            chosen.append(known)
    return tuple(chosen[1 : most + 1])


def _is_place(text: str, fact: Fact) -> bool:
    return _IN.search(text, max(0, fact.start - 12), fact.start) is not None


def _begins_large(said: str) -> bool:
    first = next((letter for letter in said if letter.isalnum()), "")
    return not first.islower()


def _changed(fact: Fact) -> list[str]:
    """A number made larger and smaller, written as it was."""
    if fact.kind != "number":
        return []
    figures = _DIGITS.search(fact.text)
    if figures is not None:
        value = int(figures.group())
        others = (
            [value * 2, value // 2, value * 3, value + 3]
            if fact.text[figures.end() :][:1] not in ",."
            else []
        )
        return [fact.text[: figures.start()] + str(n) + fact.text[figures.end() :] for n in others if n > 1]
    first, _, rest = fact.text.partition(" ")
    if first.lower() not in _LADDER or rest.split()[:1] in (["hundred"], ["thousand"], ["million"]):
        return []
    at = _LADDER.index(first.lower())
    near = [at + step for step in (2, -2, 1, -1, 3) if 0 <= at + step < len(_LADDER)]
    return [f"{_LADDER[place]} {rest}".strip() for place in near]


def _shape(fact: Fact) -> str:
    """What two facts must share for one to be taken for the other: a year for a year, metres for metres."""
    if fact.kind == "date":
        return _DIGITS.sub(lambda match: "year" if len(match.group()) == 4 else "day", fact.text.split()[-1])[
            :4
        ]
    if fact.kind == "number":
        words = fact.text.split()
        return words[-1].lower() if len(words) > 1 else "figure" if words[0][-1].isdigit() else "spelled"
    return "name"


def _overlap(one: str, other: str) -> bool:
    """Whether two names share a word, and so may be one: Mr. Bennet and Bennet."""
    return bool({*one.lower().split()} & {*other.lower().split()} - {"of", "the"})


def _question(text: str, place: tuple[int, int], gap: _Gap, shuffle: random.Random) -> dict[str, Any]:
    start, end = place
    fact = gap.fact
    shown = f"{text[start : fact.start]}{GAP}{text[fact.end : end]}"
    options = sorted([fact.text, *gap.others])
    shuffle.shuffle(options)
    return {
        "question": f"{' '.join(shown.split())} {_ASKS[fact.kind]}",
        "options": options,
        "correct": options.index(fact.text),
        "answer": fact.text,
        "passage": text[start:end].strip(),
        "start": fact.start,
        "end": fact.end,
    }


def load(found: FoundModel, task: str, options: PipelineOptions) -> QuestionGeneration:
    return QuestionGeneration(Embedder.of(found, options))
