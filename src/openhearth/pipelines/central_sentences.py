"""The sentences of a text that say most of what it says: near to its whole meaning, unlike one another, from every part.

Knows no model: it is given a vector for each sentence. Nothing is made up, since every sentence is the text's own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from openhearth.pipelines.facts import find_facts
from openhearth.pipelines.prompts import SUMMARY_SENTENCES
from openhearth.pipelines.splitting import sentences
from openhearth.pipelines.word_vectors import Vectors, by_words

# Sentences to vectors of length one (N, D).
Embed = Callable[[Sequence[str]], Vectors]
# Of a text with more sentences than are embedded in some seconds, so many are chosen by their words first.
EMBEDDED_MAX = 800
_SENTENCES_MAX = 12
# A text of so many words has the fewest sentences; a text ten times as long somewhat over twice as many.
_FEWEST_UP_TO_WORDS, _GROWTH = 600, 0.35
_WORDS = range(5, 60)
_SENTENCE_ENDS = re.compile(r"[.!?…。！？][\"'»”’)\]]*$")
_CLOSING = "\"'»”’)"
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d+[.)])\s")
# A line that is shorter and ends no sentence is a heading, not one that an editor has wrapped.
_WRAPPED_FROM = 45
_TABLE = re.compile(r"\S {3,}\S|\t\S")
_MARKUP = re.compile(r"https?://|[{}<>|=\\]{2}|[{}\\|]|::|>>>|^(?:[#.$:=*([]|`[^`])")
# What such a sentence speaks of stands in another one.
_POINTS_BACK = re.compile(
    r"\W*(?:he|she|it|they|this|that|these|those|his|her|its|their|there|then|such|and|but|so|or|however|thus|also|for\s+instance"
    r"|for\s+example|meantime|both|another|others)\b",
    re.IGNORECASE,
)
_POINTS_BACK_COSTS, _FACT_GAINS, _FACTS_COUNTED = 0.08, 0.08, 3
_FIRST_GAINS, _EARLY_GAINS = 0.15, 0.1
# How much nearness to what is chosen already counts against a sentence (maximal marginal relevance).
REPEATS_COST = 0.7


@dataclass(frozen=True)
class Sentence:
    """`start` to `end`, in characters of the text; `text` is the same with its white space made even."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Plan:
    """What is chosen from. `worth` is what speaks for each beside its nearness to the whole; `parts`: the indices of
    neighbours, and how many of them are chosen."""

    sentences: Sequence[Sentence]
    worth: Sequence[float]
    parts: Sequence[tuple[list[int], int]]


def read_sentences(text: str) -> list[Sentence]:
    """The sentences of `text` in order; headings and lines of a list are sentences too, lines that were wrapped are not."""
    found = []
    for start, end in _blocks(text):
        for first, last in sentences(text[start:end]):
            while start + last < end and text[start + last] in _CLOSING:
                last += 1
            said = _BULLET.sub("", " ".join(text[start + first : start + last].split()), count=1)
            if said:
                found.append(Sentence(said, start + first, start + last))
    return found


def is_prose(sentence: Sentence) -> bool:
    """Whether it is a whole sentence, not a heading, code or an address."""
    said = sentence.text
    letters = sum(letter.isalpha() or letter.isspace() for letter in said)
    return (
        len(said.split()) in _WORDS
        and letters >= 0.75 * len(said)
        and _SENTENCE_ENDS.search(said) is not None
        and not said[0].islower()
        and _MARKUP.search(said) is None
    )


def sentences_for(text: str) -> int:
    """How many sentences a summary of `text` has where nobody says how many."""
    growth = float(max(1.0, len(text.split()) / _FEWEST_UP_TO_WORDS) ** _GROWTH)
    return min(_SENTENCES_MAX, round(SUMMARY_SENTENCES * growth))


def central_text(text: str, wanted: int, embed: Embed) -> str:
    return joined(choose_central(text, wanted, embed))


def joined(chosen: Sequence[Sentence]) -> str:
    return " ".join(each.text for each in chosen)


def remembering(embed: Embed) -> Embed:
    """`embed`, which is asked once for the same sentences: to choose fewer or more of them costs nothing then."""
    known: dict[tuple[str, ...], Vectors] = {}

    def remembered(texts: Sequence[str]) -> Vectors:
        key = tuple(texts)
        if key not in known:
            known[key] = embed(texts)
        return known[key]

    return remembered


def choose_central(text: str, wanted: int, embed: Embed) -> list[Sentence]:
    """At most `wanted` sentences of `text`, in its order, each part of it with its share of them."""
    return _choose(plan(text, wanted), embed)


def plan(text: str, wanted: int) -> Plan:
    """What `wanted` sentences of `text` are chosen from."""
    known = read_sentences(text)
    usable = [each for each in known if is_prose(each) and not _is_table(text, each)] or known
    while len(usable) > max(EMBEDDED_MAX, wanted):
        usable = _thinned(usable, max(EMBEDDED_MAX, wanted))
    return _plan(usable, wanted)


def _is_table(text: str, sentence: Sentence) -> bool:
    return _TABLE.search(text, sentence.start, sentence.end) is not None


def _thinned(known: Sequence[Sentence], wanted: int) -> list[Sentence]:
    """`wanted` of them by the words they share with their neighbours, some hundred at a time."""
    groups = np.array_split(np.arange(len(known)), -(-len(known) // EMBEDDED_MAX))
    shares = _shares(wanted, [len(group) for group in groups])
    return [
        sentence
        for group, share in zip(groups, shares, strict=True)
        for sentence in _choose(_plan([known[index] for index in group], share), by_words)
    ]


def _plan(known: Sequence[Sentence], wanted: int) -> Plan:
    if len(known) <= wanted:
        return Plan(known, [0.0] * len(known), [(list(range(len(known))), len(known))])
    return Plan(known, _worth(known), _parts(known, wanted))


def _choose(planned: Plan, embed: Embed) -> list[Sentence]:
    known = planned.sentences
    if sum(share for _, share in planned.parts) >= len(known):
        return list(known)
    vectors = embed([each.text for each in known])
    centre = vectors.mean(0)
    worth = vectors @ (centre / (np.linalg.norm(centre) or 1.0)) + np.array(planned.worth, np.float32)
    chosen: list[int] = []
    nearest = np.zeros(len(known), np.float32)
    for part, share in planned.parts:
        for _ in range(share):
            left = np.array([index for index in part if index not in chosen])
            best = int(left[np.argmax(worth[left] - REPEATS_COST * nearest[left])])
            chosen.append(best)
            nearest = np.maximum(nearest, vectors @ vectors[best])
    return [known[index] for index in sorted(chosen)]


def _worth(known: Sequence[Sentence]) -> list[float]:
    """Facts that a sentence states, a beginning that needs none before it, and that texts begin with what they are about."""
    return [
        _FACT_GAINS * min(len(find_facts(each.text)), _FACTS_COUNTED)
        - _POINTS_BACK_COSTS * (_POINTS_BACK.match(each.text) is not None)
        + _EARLY_GAINS * (1 - index / len(known))
        + _FIRST_GAINS * (index == 0)
        for index, each in enumerate(known)
    ]


def _parts(known: Sequence[Sentence], wanted: int) -> list[tuple[list[int], int]]:
    """Parts of about as many words, in order, each with how many of `wanted` are its share."""
    ends = np.cumsum([len(each.text.split()) for each in known])
    count = max(1, min(wanted, -(-wanted // 2) if wanted > 4 else wanted - 1))
    part_of = np.minimum((ends - 1) * count // ends[-1], count - 1)
    parts = [[int(index) for index in np.flatnonzero(part_of == part)] for part in range(count)]
    parts = [part for part in parts if part]
    return list(zip(parts, _shares(wanted, [len(part) for part in parts]), strict=True))


def _shares(wanted: int, sizes: Sequence[int]) -> list[int]:
    """`wanted` divided by `sizes`, each at least one while there are enough, none more than its size."""
    exact = np.array(sizes) * wanted / sum(sizes)
    shares = np.minimum(np.maximum(np.floor(exact).astype(int), 1 if wanted >= len(sizes) else 0), sizes)
    while shares.sum() < min(wanted, sum(sizes)):
        shares[int(np.argmax(np.where(shares < sizes, exact - shares, -np.inf)))] += 1
    while shares.sum() > wanted:
        shares[int(np.argmax(np.where(shares > 0, shares - exact, -np.inf)))] -= 1
    return [int(share) for share in shares]


def _blocks(text: str) -> list[tuple[int, int]]:
    """Paragraphs, lines of a list and headings, as characters from and to."""
    places, start = [], 0
    for line in re.finditer(r"[^\n]*\n?", text):
        if not line.group():
            break
        said = line.group().strip()
        after = text[line.end() : line.end() + 200].partition("\n")[0]
        is_wrapped = len(said) >= _WRAPPED_FROM and not _SENTENCE_ENDS.search(said) and not said.endswith(":")
        if is_wrapped and after.strip() and _BULLET.match(after) is None:
            continue
        if said and _SENTENCE_ENDS.search(said) and after[:1].islower():
            continue
        places.append((start, line.end()))
        start = line.end()
    if start < len(text):
        places.append((start, len(text)))
    return places
