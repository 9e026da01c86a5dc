"""The history of one file, through its renames: `git log --follow`."""

from __future__ import annotations

import subprocess
from pathlib import Path

from openhearth.errors import Busy
from openhearth.storage.git.cli import run_git
from openhearth.storage.git.turns import turn

_TIMEOUT_S = 30.0


def list_versions(repository: Path, commit: str, path: str, *, limit: int) -> list[tuple[str, str]]:
    """The newest `limit` commits that changed the file, each with the path it had there. Raises Busy."""
    try:
        with turn():
            done = run_git(
                repository, "--literal-pathspecs", "log", "--follow", f"--max-count={limit}",
                "--format=format:%x01%H", "--name-only", "-z", commit, "--", path, timeout_s=_TIMEOUT_S,
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Busy(
            f"{path!r}: its history is too long to follow within {_TIMEOUT_S:.0f} s; clone the repo for git log."
        ) from None
    versions: list[tuple[str, str]] = []
    for record in done.stdout.split(b"\1")[1:]:
        name = record[40:].strip(b"\0\n").decode("utf-8", "replace")
        versions.append((record[:40].decode(), name or (versions[-1][1] if versions else path)))
    return versions
