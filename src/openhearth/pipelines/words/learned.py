"""How much each task is spoken for by the words, the pieces of words and the ideas of a request.

Learned from tables of phrasings (`tests/pipelines/words/learn.py`), under a megabyte, numpy alone. It knows what nobody wrote
into the lexicon: typing errors, word forms, turns of phrase. What two ideas mean together it learns in one language for all.
"""

import itertools
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from openhearth.pipelines.words.ideas import plain

LEARNED = Path(__file__).with_name("learned.npz")
# Where words and pairs of words are counted, and behind them where pieces of words are.
WORD_PLACES, PIECE_PLACES = 24_576, 40_960
PLACES = WORD_PLACES + PIECE_PLACES
# What a request is that wants none of the tasks: "delete my account".
NOTHING = "nothing"
_LONGEST_PIECE = 4
# From here on scripts have no spaces between words: each sign is a piece of its own.
_UNSPACED_FROM = 0x2E80
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Learned:
    """Weights for every task.

    `pieces` (places, tasks) in steps of `step`, `rarity` (places,), `ideas` (ideas, tasks), `pairs` (pairs, tasks) with the two
    ideas of each in `pair_names`, `always` (tasks,).
    """

    tasks: tuple[str, ...]
    idea_names: tuple[str, ...]
    pair_names: tuple[frozenset[str], ...]
    pieces: Any
    step: float
    rarity: Any
    ideas: Any
    pairs: Any
    always: Any

    def weigh(self, request: str, ideas: Iterable[str]) -> dict[str, float]:
        """Task, or NOTHING → the logarithm of its odds, up to a constant."""
        named = frozenset(ideas)
        found = self.always + self.ideas[[idea in named for idea in self.idea_names]].sum(0)
        found = found + self.pairs[[pair <= named for pair in self.pair_names]].sum(0)
        at, counts = counted(request)
        values = weighted(at, counts, self.rarity) * self.step
        found = found + values @ self.pieces[at].astype(np.float32)
        return dict(zip(self.tasks, map(float, found), strict=True))


@cache
def learned() -> Learned:
    with np.load(LEARNED) as held:
        idea_names = tuple(map(str, held["idea_names"]))
        return Learned(
            tasks=tuple(map(str, held["tasks"])),
            idea_names=idea_names,
            pair_names=tuple(frozenset(idea_names[at] for at in pair) for pair in held["pair_ideas"]),
            pieces=held["pieces"],
            step=float(held["step"]),
            rarity=held["rarity"].astype(np.float32),
            ideas=held["ideas"].astype(np.float32),
            pairs=held["pairs"].astype(np.float32),
            always=held["always"].astype(np.float32),
        )


def counted(request: str) -> tuple[Any, Any]:
    """The places of what `request` is made of, words before pieces, and how often each is named."""
    words = _WORD.findall(plain(request))
    found = Counter(_place(part, WORD_PLACES) for part in _words(words))
    found.update(WORD_PLACES + _place(part, PIECE_PLACES) for part in _pieces(plain(request).split()))
    return np.fromiter(found, np.int64, len(found)), np.fromiter(found.values(), np.float32, len(found))


def weighted(at: Any, counts: Any, rarity: Any) -> Any:
    """Counts as weights: what is rare weighs more; words and pieces are each a vector of length one."""
    weights = np.log1p(counts) * rarity[at]
    for part in (at < WORD_PLACES, at >= WORD_PLACES):
        length = math.sqrt(float((weights[part] ** 2).sum()))
        weights[part] /= length or 1.0
    return weights


def _place(part: str, places: int) -> int:
    return zlib.crc32(part.encode(errors="replace")) % places


def _words(words: list[str]) -> Iterator[str]:
    yield from words
    for first, second in itertools.pairwise(words):
        yield f"{first} {second}"


def _pieces(words: list[str]) -> Iterator[str]:
    """Runs of two to four letters, with the spaces around words."""
    for word in words:
        spaced = f" {word} "
        for length in range(2, _LONGEST_PIECE + 1):
            for at in range(len(spaced) - length + 1):
                yield spaced[at : at + length]
        if any(ord(letter) > _UNSPACED_FROM for letter in word):
            yield from word
