"""The models that are already on this machine, found without network and without torch.

They lie in two places: what `openhearth starter` converted, and the local cache of huggingface_hub. A folder counts if
`read_model_folder` can read it, or if it says in a `model_index.json` that diffusers can.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import platformdirs

from openhearth.errors import HubError
from openhearth.pipelines.model_folder import ModelFolder, read_model_folder

STARTER = "starter"
_FRONT_MATTER_MAX_BYTES = 16_384
_LINE = re.compile(r"^(pipeline_tag|starter_recipe):\s*(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class OnShelf:
    """A model of this machine: the id people know it by, and its folder."""

    id: str
    path: Path
    pipeline_tag: str | None = None

    @cached_property
    def folder(self) -> ModelFolder | None:
        """What lies in it; None if it is nothing that can be loaded."""
        try:
            return read_model_folder(self.path, name=self.id)
        except HubError:
            return None


def list_shelf() -> Iterator[OnShelf]:
    """The models on this machine, the starter's first."""
    yield from _converted(starter_cache() / "converted")
    yield from _cached(hub_cache())


def starter_cache() -> Path:
    """Where `openhearth starter` keeps what it converted."""
    chosen = os.environ.get("OPENHEARTH_STARTER_CACHE")
    return (
        Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("openhearth")) / "starter"
    )


def hub_cache() -> Path:
    """The cache of huggingface_hub, as its constants place it; read here so that the library need not be imported."""
    if chosen := os.environ.get("HF_HUB_CACHE"):
        return Path(chosen).expanduser()
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    return Path(home).expanduser() / "hub"


def _converted(folder: Path) -> Iterator[OnShelf]:
    newest: dict[str, tuple[int, OnShelf]] = {}
    for path in sorted(folder.glob("*/config.json")):
        said = _read_card(path.parent)
        name, _, version = said.get("starter_recipe", "").partition("/")
        if version.isdigit() and int(version) > newest.get(name, (0, None))[0]:
            newest[name] = int(version), OnShelf(f"{STARTER}/{name}", path.parent, said.get("pipeline_tag"))
    yield from (found for _, found in newest.values())


def _cached(folder: Path) -> Iterator[OnShelf]:
    for repo in sorted(folder.glob("models--*")):
        commit = _text(repo / "refs" / "main")
        path = repo / "snapshots" / commit
        if commit and ((path / "config.json").exists() or (path / "model_index.json").exists()):
            model_id = repo.name.removeprefix("models--").replace("--", "/")
            yield OnShelf(model_id, path, _read_card(path).get("pipeline_tag"))


def _read_card(folder: Path) -> dict[str, str]:
    text = _text(folder / "README.md")
    head = text.split("\n---", 1)[0] if text.startswith("---") else ""
    return {key: value.strip("'\"") for key, value in _LINE.findall(head)}


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(_FRONT_MATTER_MAX_BYTES).strip()
    except OSError:
        return ""
