"""Folding many small packs into few, by git itself, while readers and writers go on.

`git repack --geometric` rolls small packs up and keeps every object they hold, reachable or not, so a commit
whose ref has not moved yet loses nothing. Leftovers of crashed writers go at the same time.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from openhearth.errors import HubError
from openhearth.storage.git.cli import run_git

PACKS_BEFORE_COMPACTION = 50
_LEFTOVER_AGE_S = 24 * 3600


class CompactionFailed(HubError):
    """git could not repack; the repo is as it was."""


def count_packs(repository: Path) -> int:
    return sum(1 for name in (repository / "objects/pack").iterdir() if name.suffix == ".idx")


def compact(repository: Path, *, timeout_s: float = 3600) -> None:
    """Fold the packs of `repository`. Raises CompactionFailed."""
    remove_leftovers(repository / "objects/pack")
    remove_leftovers(repository / "objects")
    done = run_git(repository, "repack", "-d", "-q", "--geometric=2", timeout_s=timeout_s)
    if done.returncode != 0:
        raise CompactionFailed(
            f"git repack of {repository.stem} failed: {done.stderr.decode('utf-8', 'replace')[:500]}"
        )


def remove_leftovers(folder: Path, *, age_s: float = _LEFTOVER_AGE_S) -> None:
    """Remove temporary files and folders in `folder` that no live writer can still be at."""
    oldest = time.time() - age_s
    for path in folder.glob("tmp_*"):
        try:
            if path.stat().st_mtime >= oldest:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
        except FileNotFoundError:
            continue
