"""Which passages of many documents speak of a question: by nearness of meaning, or by shared words without an embedder.

The vectors of a document's passages are kept while the pipeline lives: the second question costs a moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from openhearth.pipelines.embedder import Embedder, find_embedder
from openhearth.pipelines.lists import with_progress
from openhearth.pipelines.question_kind import meant
from openhearth.pipelines.splitting import sentences

PASSAGE_CHARACTERS = 600
_PASSAGES_ASKED = 3
_DOCUMENTS_KEPT = 10_000


@dataclass(frozen=True)
class PassagePlace:
    """`start` to `end`, in characters of the document of that number."""

    document: int
    start: int
    end: int
    nearness: float


class PassageIndex:
    def __init__(self) -> None:
        self._known: dict[str, tuple[list[tuple[int, int]], Any]] = {}

    @cached_property
    def _embedder(self) -> Embedder | None:
        return find_embedder()

    def nearest(self, question: str, documents: Sequence[str]) -> list[PassagePlace]:
        """The passages of `documents` nearest to `question`, the nearest first."""
        if len(self._known) > _DOCUMENTS_KEPT:
            self._known.clear()
        asked = self._embed([question])
        found = []
        for number, document in enumerate(with_progress(documents, "reading documents")):
            places, vectors = self._passages(document)
            near = self._nearness(question, asked, document, places, vectors)
            found += [PassagePlace(number, *place, value) for place, value in zip(places, near, strict=True)]
        return sorted(found, key=lambda place: -place.nearness)[:_PASSAGES_ASKED]

    def _passages(self, document: str) -> tuple[list[tuple[int, int]], Any]:
        if document not in self._known:
            places = passages(document)
            self._known[document] = places, self._embed([document[slice(*place)] for place in places])
        return self._known[document]

    def _embed(self, texts: list[str]) -> Any:
        if self._embedder is None:
            return None
        return torch.tensor(self._embedder.extraction(texts, normalize=True))

    def _nearness(
        self, question: str, asked: Any, document: str, places: Sequence[tuple[int, int]], vectors: Any
    ) -> list[float]:
        if vectors is None:
            words = meant(question)
            return [len(words & meant(document[slice(*place)])) / (len(words) or 1) for place in places]
        near: list[float] = (vectors @ asked[0]).tolist()
        return near


def passages(document: str) -> list[tuple[int, int]]:
    """Neighbouring sentences together, in characters of `document`."""
    found: list[tuple[int, int]] = []
    for start, end in sentences(document):
        if found and end - found[-1][0] <= PASSAGE_CHARACTERS:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found
