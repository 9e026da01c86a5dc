"""The objects of one repository in another, without a second copy on disk: packs and loose objects never change."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from openhearth.errors import Busy
from openhearth.storage.durable import sync_folder

_ATTEMPTS = 5


def share_objects(source: Path, target: Path) -> None:
    """Link every object file of `source` into `target`, durably.

    Raises Busy if compactions kept replacing packs. Where the disk has no hard links, files are copied.
    """
    for _ in range(_ATTEMPTS):
        try:
            _link_all(source / "objects", target / "objects")
            return
        except FileNotFoundError:  # a compaction put another pack in its place: what it held is there again
            continue
    raise Busy("The repo is being compacted; try again in a moment.")


def _link_all(source: Path, target: Path) -> None:
    folders = {target / "pack"}
    for path in _object_files(source):
        place = target / path.relative_to(source)
        place.parent.mkdir(exist_ok=True)
        folders.add(place.parent)
        if not place.exists():
            _link(path, place)
    for folder in (*folders, target):
        sync_folder(folder)


def _object_files(objects: Path) -> Iterator[Path]:
    """A pack before its index: git looks for indexes, and an index must have its pack."""
    packed = [path for path in (objects / "pack").iterdir() if not path.name.startswith("tmp_")]
    yield from sorted(packed, key=lambda path: path.suffix == ".idx")
    for folder in objects.glob("[0-9a-f][0-9a-f]"):
        yield from (path for path in folder.iterdir() if not path.name.startswith("tmp_"))


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)
