"""How a model is to be loaded, as `pipeline` was told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# What of `more` says how a model is loaded; all else is said to each call, as transformers does with it.
_OF_LOADING = frozenset(
    [
        "config", "tokenizer", "feature_extractor", "image_processor", "processor", "video_processor", "model_kwargs",
        "use_fast", "framework", "device_map", "pipeline_class", "batch_size", "num_workers", "local_files_only",
        "code_revision", "use_auth_token", "binary_output",
    ]
)  # fmt: skip


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

    def apart(self) -> tuple["PipelineOptions", dict[str, Any]]:
        """What says how to load, and what is to be said to each call of a task that is not transformers' own."""
        said = {name: value for name, value in self.more.items() if name not in _OF_LOADING}
        loading = {name: value for name, value in self.more.items() if name in _OF_LOADING}
        return replace(self, more=loading), said
