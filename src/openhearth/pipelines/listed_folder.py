"""A model that lies elsewhere, told by the names of its files and its configuration: enough to know what it can do."""

from dataclasses import dataclass
from typing import Any

from openhearth.pipelines.model_folder import ModelFolder


@dataclass(frozen=True, kw_only=True)
class ListedFolder(ModelFolder):
    """`names` are its files, `tokenizer_config` what that file holds, or a part with the chat template."""

    names: frozenset[str]
    tokenizer_config: dict[str, Any]

    @property
    def file_names(self) -> frozenset[str]:
        return self.names

    @property
    def _tokenizer_config(self) -> dict[str, Any]:
        return self.tokenizer_config
