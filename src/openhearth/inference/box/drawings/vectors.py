"""Vectors, drawn: a strip with a cell for each number, warm above zero and cool below."""

import numpy as np
from numpy.typing import NDArray

from openhearth.inference.box.asking import Answer
from openhearth.inference.box.drawings.records import Drawing, Shade, Strip, Vectors
from openhearth.inference.box.given import Given

STRIPS_MAX = 16
_STRENGTHS = 5
_FIRST = 6


def draw_vectors(_given: Given, answer: Answer) -> Drawing:
    """One vector, or one for each token or patch: nested lists of any depth, the last being the vector."""
    numbers = np.asarray(answer.value, dtype=np.float32)
    rows = numbers.reshape(-1, numbers.shape[-1])
    return Vectors(
        shape=" × ".join(str(size) for size in numbers.shape if size > 1) or "1",
        strips=[_strip(row) for row in rows[:STRIPS_MAX]],
        left_out=max(0, len(rows) - STRIPS_MAX),
    )


def _strip(row: NDArray[np.float32]) -> Strip:
    largest = float(np.abs(row).max()) or 1.0
    strength = np.ceil(np.abs(row) / largest * _STRENGTHS).astype(int)
    shades = []
    for is_warm in (True, False):
        side = row > 0 if is_warm else row < 0
        for level in range(1, _STRENGTHS + 1):
            cells = np.flatnonzero(side & (strength == level))
            if len(cells):
                path = "".join(f"M{at} 0h1v1h-1z" for at in cells)
                shades.append(Shade(path=path, is_warm=is_warm, strength=level))
    first = ", ".join(f"{number:.3f}" for number in row[:_FIRST])
    return Strip(length=len(row), shades=shades, first=first + (", …" if len(row) > _FIRST else ""))
