"""Whose face it is: the name whose tagged faces are nearest, unless a correction is nearer still. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# dlib's limit between one person and two, as a distance and as a likeness.
SAME_PERSON = 0.6
SAME_SCORE = 0.5
VECTOR_SIZE = 128
_AT_ONCE = 4096
_ROUNDING = 1e-6

Vector = NDArray[np.float32]
Vectors = NDArray[np.float32]  # faces × 128


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
        self._shown = _by_name(tagged, is_refused=False)
        self._refused = _by_name(tagged, is_refused=True)
        self.names = sorted(self._shown)

    def recognise(self, vector: Vector) -> Likeness | None:
        """Who it is most likely, however unlikely that is; None if nobody is left."""
        return self.recognise_all(vector[None])[0]

    def recognise_all(self, vectors: Vectors) -> list[Likeness | None]:
        """As `recognise`, for each of `vectors` (faces × 128)."""
        if not self.names:
            return [None] * len(vectors)
        return [
            likeness
            for start in range(0, len(vectors), _AT_ONCE)
            for likeness in self._recognise(vectors[start : start + _AT_ONCE])
        ]

    def _recognise(self, vectors: Vectors) -> Iterator[Likeness | None]:
        far = np.stack([self._compare(name, vectors) for name in self.names])  # names × faces
        for face, nearest in enumerate(far.argmin(axis=0)):
            distance = float(far[nearest, face])
            yield None if np.isinf(distance) else Likeness(distance, self.names[nearest])

    def _compare(self, name: str, vectors: Vectors) -> NDArray[np.float64]:
        """How far each face is from the nearest tagged one of `name`; infinitely far if one that is not theirs is nearer."""
        nearest: NDArray[np.float64] = distances(vectors, self._shown[name]).min(axis=1)
        refused = self._refused.get(name)
        if refused is not None:
            nearest[distances(vectors, refused).min(axis=1) <= nearest + _ROUNDING] = np.inf
        return nearest


def distances(vectors: Vectors, others: Vectors) -> NDArray[np.float64]:
    """Euclidean, each of `vectors` to each of `others`, by one product of matrices."""
    a, b = vectors.astype(np.float64), others.astype(np.float64)
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2 * (a @ b.T)
    roots: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0))
    return roots


def _by_name(tagged: Sequence[Tagged], *, is_refused: bool) -> dict[str, Vectors]:
    kept: dict[str, list[Vector]] = {}
    for each in tagged:
        if each.is_refused == is_refused:
            kept.setdefault(each.name, []).append(each.vector)
    return {name: np.stack(vectors) for name, vectors in kept.items()}
