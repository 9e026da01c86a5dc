"""Whose face it is: the name whose tagged faces are nearest, unless a correction is nearer still. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhearth.pipelines.faces.finder import Vector

# dlib's limit between one person and two, as a distance and as a likeness.
SAME_PERSON = 0.6
SAME_SCORE = 0.5


@dataclass(frozen=True)
class Tagged:
    """A face with a name; `is_refused`: somebody said that it is not this person's."""

    name: str
    vector: Vector
    is_refused: bool = False


@dataclass(frozen=True, order=True)
class Likeness:
    """How far a face is from the nearest tagged one of `name`."""

    distance: float
    name: str

    @property
    def score(self) -> float:
        """1 for the same picture, 0.5 at the limit between one person and two, 0 for nobody like it."""
        return max(0.0, 1 - self.distance / (2 * SAME_PERSON))


class People:
    """The people who were tagged, by what they look like."""

    def __init__(self, tagged: Sequence[Tagged]) -> None:
        self._vectors: dict[str, NDArray[np.float32]] = _by_name(tagged, is_refused=False)
        self._refused = _by_name(tagged, is_refused=True)

    @property
    def names(self) -> list[str]:
        return list(self._vectors)

    def recognise(self, vector: Vector) -> Likeness | None:
        """Who it is most likely, however unlikely that is; None if nobody is left."""
        found = [likely for name in self._vectors if (likely := self._compare(name, vector))]
        return min(found, default=None)

    def _compare(self, name: str, vector: Vector) -> Likeness | None:
        nearest = _distance(self._vectors[name], vector)
        refused = self._refused.get(name)
        if refused is not None and _distance(refused, vector) <= nearest:
            return None
        return Likeness(nearest, name)


def _by_name(tagged: Sequence[Tagged], *, is_refused: bool) -> dict[str, NDArray[np.float32]]:
    kept: dict[str, list[Vector]] = {}
    for each in tagged:
        if each.is_refused == is_refused:
            kept.setdefault(each.name, []).append(each.vector)
    return {name: np.stack(vectors) for name, vectors in kept.items()}


def _distance(vectors: NDArray[np.float32], vector: Vector) -> float:
    return float(np.linalg.norm(vectors - vector, axis=1).min())
