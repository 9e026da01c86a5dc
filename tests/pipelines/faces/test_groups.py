"""Faces that belong together, without a name: made-up vectors whose owners are known."""

from __future__ import annotations

import numpy as np

from openhearth.pipelines.faces.groups import group_faces
from openhearth.pipelines.faces.people import Vectors


def crowd(people: int, each: int, spread: float) -> Vectors:
    """`each` faces of `people`, one after the other, at distances as dlib's network gives them."""
    random = np.random.default_rng(11)
    centres = random.normal(size=(people, 128)) / 14  # about 0.8 + from each other
    noise = random.normal(size=(people, each, 128)) * spread / np.sqrt(2 * 128)
    faces: Vectors = (centres[:, None] + noise).reshape(-1, 128).astype(np.float32)
    return faces


def test_everybody_is_a_group_of_their_own() -> None:
    groups = group_faces(crowd(12, 30, 0.35))
    assert sorted(map(sorted, groups)) == [list(range(n * 30, n * 30 + 30)) for n in range(12)]


def test_whoever_is_like_nobody_stays_alone_and_the_largest_group_comes_first() -> None:
    faces = np.concatenate([crowd(1, 1, 0.1) + 3, crowd(2, 4, 0.2)[:7]])
    assert [len(group) for group in group_faces(faces)] == [4, 3, 1]
    assert group_faces(faces[:0]) == []
