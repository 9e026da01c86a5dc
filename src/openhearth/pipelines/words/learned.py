"""A second opinion on plain words: how much each task is spoken for by the pieces of words of a request.

Learned from tables of phrasings (`tests/pipelines/words/learn.py`), under half a megabyte, numpy alone. It knows what nobody
wrote into the lexicon: typing errors, word forms, turns of phrase. It is heard only beside the clues.
"""

import itertools
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from openhearth.pipelines.words.ideas import plain

LEARNED = Path(__file__).with_name("learned.npz")
BUCKETS = 16_384
_LONGEST_PIECE = 5
# From here on scripts have no spaces between words: each sign is a piece of its own.
_UNSPACED_FROM = 0x2E80
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Learned:
    """`pieces` (buckets, tasks), `ideas` (ideas, tasks), `always` (tasks,); `clue` is the weight of a clue's weight."""

    tasks: tuple[str, ...]
    idea_names: tuple[str, ...]
    pieces: Any
    ideas: Any
    always: Any
    clue: float

    def weigh(self, request: str, ideas: Iterable[str], clues: Mapping[str, float]) -> dict[str, float]:
        """Task → the logarithm of its odds, up to a constant."""
        named = [self.idea_names.index(idea) for idea in ideas if idea in self.idea_names]
        found = buckets(request) @ self.pieces + self.ideas[named].sum(0) + self.always
        return {
            task: float(value) + self.clue * clues.get(task, 0.0)
            for task, value in zip(self.tasks, found, strict=True)
        }


@cache
def learned() -> Learned:
    with np.load(LEARNED) as held:
        return Learned(
            tasks=tuple(map(str, held["tasks"])),
            idea_names=tuple(map(str, held["idea_names"])),
            pieces=held["pieces"].astype(np.float32) * held["step"],
            ideas=held["ideas"].astype(np.float32),
            always=held["always"].astype(np.float32),
            clue=float(held["clue"]),
        )


def buckets(request: str) -> Any:
    """The pieces of `request`, counted into `BUCKETS` places, as a vector of length one."""
    counted = np.zeros(BUCKETS, np.float32)
    for piece in pieces(request):
        counted[zlib.crc32(piece.encode(errors="replace")) % BUCKETS] += 1
    counted = np.log1p(counted)
    length = float(np.linalg.norm(counted))
    return counted / length if length else counted


def pieces(request: str) -> Iterator[str]:
    """Words, runs of two to five letters with the spaces around them, pairs of words."""
    words = _WORD.findall(plain(request))
    for word in words:
        yield f"w:{word}"
        spaced = f" {word} "
        for length in range(2, _LONGEST_PIECE + 1):
            for at in range(len(spaced) - length + 1):
                yield spaced[at : at + length]
        if any(ord(letter) > _UNSPACED_FROM for letter in word):
            yield from word
    for first, second in itertools.pairwise(words):
        yield f"b:{first} {second}"
