"""What an engine loads: first the libraries that every model needs, then the model that the hub names.

The first part takes seconds and knows no model, so a hub can have an engine do it before anybody asks.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from openhearth.engine.loop import Loop, Report
from openhearth.protocol.engine import Load, Ready

# What loading any model imports, and one family of which most language models are; others come with their model.
LIBRARIES = (
    "openhearth.engine.tasks",
    "openhearth.engine.generation",
    "transformers.models.llama.modeling_llama",
)


class Loader(Protocol):
    """Called from the computing thread: `prepare` once, then `load` once."""

    def prepare(self) -> None:
        """Whatever can be done before the model is known."""
        ...

    def load(self, wanted: Load, report: Report) -> tuple[Loop, Ready]:
        """The loop that runs `wanted`. Raises HubError with a sentence for what cannot be loaded."""
        ...


@dataclass(frozen=True, kw_only=True)
class ModelLoader:
    """Loads models with torch and transformers, which are imported here and not before."""

    dtype: str = "auto"
    device: str = "auto"
    threads: int = 0

    def prepare(self) -> None:
        for name in LIBRARIES:
            importlib.import_module(name)

    def load(self, wanted: Load, report: Report) -> tuple[Loop, Ready]:
        from openhearth.engine.tasks import build_loop
        from openhearth.pipelines.loading import LoadOptions

        options = LoadOptions(dtype=self.dtype, device=self.device, threads=self.threads)
        return build_loop(wanted.task, Path(wanted.folder), wanted.name, options, report)
