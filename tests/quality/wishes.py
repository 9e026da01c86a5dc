"""Plain words: how many everyday phrasings lead to the right task."""

from __future__ import annotations

from collections.abc import Iterator

from tests.pipelines.words.test_words import accuracy, phrasings
from tests.quality.figures import Figure

AIM = 0.95


def judge() -> Iterator[Figure]:
    for name in ("unseen", "tuned"):
        rows = len(list(phrasings(f"{name}.tsv")))
        yield Figure(name=f"plain words, {name}", value=accuracy(f"{name}.tsv"), rows=rows, aim=AIM)
