"""Answers of ours beside those of another library."""

from __future__ import annotations

from typing import Any

import numpy as np


def assert_alike(ours: Any, theirs: Any) -> None:
    """Labels, places and texts equal, numbers within a thousandth."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys()
        for key in theirs:
            assert_alike(ours[key], theirs[key])
    elif isinstance(theirs, list | tuple):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_alike(one, other)
    elif isinstance(theirs, float | np.ndarray):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)
    else:
        assert ours == theirs
