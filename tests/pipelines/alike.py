"""Answers of ours beside those of another library."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL.Image import Image


def assert_alike(ours: Any, theirs: Any, *, within: float = 1e-3) -> None:
    """Labels, places and texts equal, numbers as near as `within`, the dots of pictures within one step of 255."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys()
        for key in theirs:
            assert_alike(ours[key], theirs[key], within=within)
    elif isinstance(theirs, list | tuple):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_alike(one, other, within=within)
    elif isinstance(theirs, float | np.floating | np.ndarray) or hasattr(theirs, "numpy"):
        np.testing.assert_allclose(ours, theirs, atol=within)
    elif isinstance(theirs, Image):
        np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), atol=1)
    else:
        assert ours == theirs
