"""Faces of one person each, without a name yet: neighbours that pass their label on until it settles. Pure.

The method is "Chinese whispers" (Biemann 2006): every face takes the label that weighs most among those like it.
"""

from collections import defaultdict

import numpy as np

from openhearth.pipelines.faces.people import Vectors, distances

LIKE = 0.5  # closer than the limit between two people, since likeness is passed on here
NEIGHBOURS_MAX = 40
_ROUNDS = 12
_AT_ONCE = 1024


def group_faces(vectors: Vectors, *, like: float = LIKE) -> list[list[int]]:
    """The places of faces (× 128) that are like each other, the largest group first; who is like nobody is a group of one."""
    near = [found for start in range(0, len(vectors), _AT_ONCE) for found in _near(vectors, start, like)]
    labels = list(range(len(vectors)))
    order = np.random.default_rng(0).permutation(len(vectors))
    for _ in range(_ROUNDS):
        changed = False
        for face in order.tolist():
            heaviest = _heaviest(labels, *near[face])
            if heaviest is not None and heaviest != labels[face]:
                labels[face], changed = heaviest, True
        if not changed:
            break
    return _by_label(labels)


def _near(vectors: Vectors, start: int, like: float) -> list[tuple[list[int], list[float]]]:
    """For each of some faces, those most like it, and how much."""
    far = distances(vectors[start : start + _AT_ONCE], vectors)
    far[np.arange(len(far)), np.arange(start, start + len(far))] = np.inf
    found = []
    for row in far:
        places = np.flatnonzero(row < like)
        if len(places) > NEIGHBOURS_MAX:
            places = places[np.argpartition(row[places], NEIGHBOURS_MAX)[:NEIGHBOURS_MAX]]
        found.append((places.tolist(), (1 - row[places]).tolist()))
    return found


def _heaviest(labels: list[int], places: list[int], weights: list[float]) -> int | None:
    sums: dict[int, float] = defaultdict(float)
    for place, weight in zip(places, weights, strict=True):
        sums[labels[place]] += weight
    return max(sums, key=lambda label: (sums[label], -label), default=None)


def _by_label(labels: list[int]) -> list[list[int]]:
    groups: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        groups.setdefault(label, []).append(place)
    return sorted(groups.values(), key=lambda group: (-len(group), group[0]))
