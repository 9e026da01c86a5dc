"""How answers are compared with what people said, and how a figure is shown beside its aim. Nothing here is timed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`aim` None: a point of reference. `is_error`: the less the better."""

    name: str
    value: float
    rows: int
    aim: float | None = None
    is_error: bool = False

    @property
    def is_reached(self) -> bool:
        if self.aim is None:
            return True
        return self.value <= self.aim if self.is_error else self.value >= self.aim

    def __str__(self) -> str:
        sign = "at most" if self.is_error else "at least"
        aim = "" if self.aim is None else f"{sign} {self.aim:.1%}{'' if self.is_reached else ', MISSED'}"
        return f"  {self.name:<52} {self.value:>7.1%}  {aim:<24} {self.rows:>5} rows"


def share(hits: Iterable[bool]) -> float:
    """The part of `hits` that are true."""
    found = list(hits)
    return sum(found) / len(found)


def plain_words(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return re.findall(r"[\w']+", text.lower())


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """The fewest words to put in, leave out or replace that make `said` of `heard` (Levenshtein's distance)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def is_exact(answer: str, wanted: Sequence[str]) -> bool:
    """Whether `answer` is one of those wanted, in the same words; where none is wanted, whether it is empty."""
    return plain_words(answer) in [plain_words(each) for each in wanted or [""]]


def overlap(answer: str, wanted: Sequence[str]) -> float:
    """The F1 of words shared with the wanted answer that comes nearest, as SQuAD counts it."""
    return max(_f1(plain_words(answer), plain_words(each)) for each in wanted or [""])


def _f1(answer: list[str], wanted: list[str]) -> float:
    if not answer or not wanted:
        return float(answer == wanted)
    return f1(sum((Counter(answer) & Counter(wanted)).values()), len(answer), len(wanted))


def f1(shared: int, found: int, wanted: int) -> float:
    """The harmonic mean of `shared`/`found` and `shared`/`wanted`."""
    return 2 * shared / (found + wanted) if found + wanted else 1.0
