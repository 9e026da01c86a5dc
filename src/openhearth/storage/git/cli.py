"""Calling the system's git: no settings of the account, no prompts, repositories of any owner."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO

# Clones may be partial (`--filter=blob:none`) and shallow; packing stays within a modest memory.
_SETTINGS = (
    "safe.directory=*",
    "gc.auto=0",
    "core.fsync=all",
    "uploadpack.allowFilter=true",
    "uploadpack.allowAnySHA1InWant=true",  # what no ref leads to is refused before git is asked: wants.py
    "pack.threads=2",
    "pack.windowMemory=64m",
    "pack.deltaCacheSize=64m",
)


def git_command(*arguments: str) -> list[str]:
    return ["git", *(part for setting in _SETTINGS for part in ("-c", setting)), *arguments]


def git_environ(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a git process; nothing of ours but PATH and the language reaches it."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        **(extra or {}),
    }


def run_git(
    repository: Path,
    *arguments: str,
    stdin: IO[bytes] | None = None,
    environ: Mapping[str, str] | None = None,
    timeout_s: float = 600,
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a bare repository and collect what it prints. Raises subprocess.TimeoutExpired."""
    return subprocess.run(
        git_command("--git-dir", str(repository), *arguments),
        env=git_environ(environ),
        stdin=stdin or subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout_s,
        check=False,
    )
