"""The models that are already on this machine, found without network and without torch.

They lie in two places: what `openhearth starter` converted, and the local cache of huggingface_hub.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import platformdirs

from openhearth.errors import HubError
from openhearth.pipelines.apertium.pairs import machine_folder
from openhearth.pipelines.card import read_card, read_head
from openhearth.pipelines.libraries import APERTIUM, TRANSFORMERS, library_of
from openhearth.pipelines.model_folder import ModelFolder, read_model_folder

STARTER = "starter"


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
    """The models on this machine: what its own programs bring, what the starter converted, what clients fetched."""
    if (folder := machine_folder()) is not None:
        yield OnShelf(APERTIUM, folder, "translation")
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
    for path in sorted(folder.glob("*/README.md")):
        said = read_card(path.parent)
        name, _, version = said.get("starter_recipe", "").partition("/")
        if not version.isdigit() or not _holds_model(path.parent):
            continue
        if int(version) > newest.get(name, (0, None))[0]:
            newest[name] = int(version), OnShelf(f"{STARTER}/{name}", path.parent, said.get("pipeline_tag"))
    yield from (found for _, found in newest.values())


def _cached(folder: Path) -> Iterator[OnShelf]:
    for repo in sorted(folder.glob("models--*")):
        commit = read_head(repo / "refs" / "main")
        path = repo / "snapshots" / commit
        if commit and _holds_model(path):
            model_id = repo.name.removeprefix("models--").replace("--", "/")
            yield OnShelf(model_id, path, read_card(path).get("pipeline_tag"))


def _holds_model(path: Path) -> bool:
    return (path / "config.json").exists() or library_of(path) != TRANSFORMERS
