"""The starter models on a running hub, downloaded once into the cache outside the repo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openhearth.cli.starter.install import default_cache, prepare
from openhearth.cli.starter.recipes import choose_recipes
from tests.support.running import RunningHub


def install_models(hub: RunningHub, names: Sequence[str]) -> None:
    """`openhearth starter NAME …` with ada's token; ada owns the organisation `starter` of a test hub."""
    hub.environ.update(OPENHEARTH_ENDPOINT=hub.url, OPENHEARTH_TOKEN=hub.tokens["ada"])
    hub.command("starter", *names, timeout_s=1200)


def starter_folder(name: str) -> Path:
    """The folder of one starter repo, made now unless the cache holds it; needs no hub."""
    return prepare(choose_recipes([name])[0], default_cache())
