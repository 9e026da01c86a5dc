"""The tiny models of `tests/pipelines`, for engines."""

from tests.pipelines.conftest import tiny

__all__ = ["tiny"]
