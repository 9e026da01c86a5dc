"""Making files survive a power cut: sync the file, rename it into place, sync the folder that names it."""

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Return when the content of `path` is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Return when the names in `folder` are on disk."""
    sync_file(folder)


def write_synced(path: Path, content: bytes, *, temp: Path) -> None:
    """Replace `path` with `content` in one step, by way of `temp` on the same file system."""
    with temp.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temp.replace(path)
    sync_folder(path.parent)
