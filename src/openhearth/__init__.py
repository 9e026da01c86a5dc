"""Openhearth: the open, self-hosted home for machine-learning models, datasets and apps."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openhearth.pipelines import pipeline

__all__ = ["__version__", "pipeline"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`openhearth.pipeline`, imported when it is first asked for: the hub itself never needs it."""
    if name == "pipeline":
        from openhearth.pipelines import pipeline

        return pipeline
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
