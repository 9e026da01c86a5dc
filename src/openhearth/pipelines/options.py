"""How a model is to be loaded, as `pipeline` was told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PipelineOptions:
    """`device`, `dtype` as transformers' pipelines take them; `more` is handed to these as it is. `threads` 0: all cores.

    The device "auto" is none: transformers lets the machine decide where none is named, and knows no such name.

    `keeps`: what a person tags may be kept on this machine, and files and links that they name opened; not so in an engine.
    """

    device: Any = None
    dtype: Any = "auto"
    threads: int = 0
    trust_remote_code: bool = False
    keeps: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.device == "auto":
            object.__setattr__(self, "device", None)
