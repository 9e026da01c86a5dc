"""The public library: `pipeline(task, model)(input)`. Usable without a server, imports nothing heavy until called."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openhearth.pipelines.opening import pipeline

__all__ = ["pipeline"]


def __getattr__(name: str) -> Any:
    """`pipeline`, imported when it is first asked for: a hub knows tasks and ways, and opens nothing itself."""
    if name == "pipeline":
        from openhearth.pipelines.opening import pipeline

        return pipeline
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
