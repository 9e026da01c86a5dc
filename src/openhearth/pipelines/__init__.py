"""The public library: `pipeline(task, model)(input)`. Usable without a server, imports nothing heavy until called."""

from openhearth.pipelines.pipeline import pipeline

__all__ = ["pipeline"]
