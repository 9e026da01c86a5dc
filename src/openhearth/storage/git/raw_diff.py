"""The difference of two commits in git's own words, whole or not at all: what `git apply` takes."""

from __future__ import annotations

import subprocess
from pathlib import Path

from openhearth.errors import Busy, TooLarge
from openhearth.storage.git.cli import git_command, git_environ

RAW_DIFF_MAX_BYTES = 20 << 20
_TIMEOUT_S = 30.0


def read_raw_diff(repository: Path, old: str, new: str) -> bytes:
    """Raises TooLarge beyond RAW_DIFF_MAX_BYTES, Busy if it takes too long."""
    command = git_command(
        "--git-dir",
        str(repository),
        "diff",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--find-renames",
        old,
        new,
    )
    with subprocess.Popen(
        command,
        env=git_environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        try:
            content = process.stdout.read(RAW_DIFF_MAX_BYTES + 1)
            if len(content) > RAW_DIFF_MAX_BYTES:
                raise TooLarge(
                    f"compare: the difference is longer than {RAW_DIFF_MAX_BYTES >> 20} MiB; clone the repo for git diff."
                )
            process.wait(_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise Busy(
                "compare: the difference takes too long to work out; clone the repo for git diff."
            ) from None
        finally:
            process.kill()
    return content
