"""Who last changed each line of a file: `git blame` itself, so that nobody sees another answer than on their own machine.

Format: git-blame(1), "The porcelain format".
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from openhearth.errors import Busy, EntryNotFound, TooLarge
from openhearth.storage.git.cli import run_git
from openhearth.storage.git.turns import turn

BLAME_MAX_BYTES = 2 << 20
_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class BlamedLines:
    """Lines that follow each other and came with one commit, where they stood at `path` from `old_start` on.

    `previous` is what that commit found there: a commit before it and the path in that; None if the file was new.
    Numbers count from 1.
    """

    commit: str
    path: str
    start: int
    old_start: int
    lines: tuple[str, ...]
    previous: tuple[str, str] | None


def read_blame(repository: Path, commit: str, path: str, size_bytes: int) -> list[BlamedLines]:
    """Raises TooLarge for a long file, EntryNotFound, Busy if it takes too long."""
    if size_bytes > BLAME_MAX_BYTES:
        raise TooLarge(
            f"{path!r} has {size_bytes:,} bytes; files up to {BLAME_MAX_BYTES >> 20} MiB are blamed here, "
            f"for others clone the repo: git blame {path!r}."
        )
    with turn():
        try:
            done = run_git(
                repository,
                "--literal-pathspecs",
                "blame",
                "--porcelain",
                commit,
                "--",
                path,
                timeout_s=_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            raise Busy(
                f"{path!r}: its history is too long to blame within {_TIMEOUT_S:.0f} s; clone the repo for git blame."
            ) from None
    if done.returncode != 0:
        raise EntryNotFound(path, commit=commit)
    return list(_read_runs(done.stdout))


@dataclass
class _Origin:
    path: str = ""
    previous: tuple[str, str] | None = None


def _read_runs(porcelain: bytes) -> Iterator[BlamedLines]:
    """Lines of one commit come in groups; what is said of a commit is said once, and of its path when that changes."""
    origins: dict[str, _Origin] = {}
    rows = iter(porcelain.split(b"\n"))
    run: BlamedLines | None = None
    for row in rows:
        if not row:
            break
        oid, old, new = row.decode().split(" ")[:3]
        text = _read_group(rows, origins.setdefault(oid, _Origin()))
        origin = origins[oid]
        follows = run is not None and (run.commit, run.path) == (oid, origin.path)
        if run is not None and follows and run.old_start + len(run.lines) == int(old):
            run = BlamedLines(
                run.commit, run.path, run.start, run.old_start, (*run.lines, text), run.previous
            )
            continue
        if run is not None:
            yield run
        run = BlamedLines(oid, origin.path, int(new), int(old), (text,), origin.previous)
    if run is not None:
        yield run


def _read_group(rows: Iterator[bytes], origin: _Origin) -> str:
    """The text of the line that these rows speak of; what they say of its commit goes into `origin`."""
    keep: dict[bytes, Callable[[str], None]] = {
        b"filename": lambda value: setattr(origin, "path", value),
        b"previous": lambda value: setattr(origin, "previous", (value[:40], value[41:])),
    }
    for row in rows:
        if row[:1] == b"\t":
            return row[1:].decode("utf-8", "replace")
        word, _, value = row.partition(b" ")
        if word in keep:
            keep[word](_unquoted(value))
    return ""


def _unquoted(value: bytes) -> str:
    """A path as git prints it where it holds quotes or bytes beyond ASCII."""
    head, quote, rest = value.partition(b'"')
    if not quote or not rest.endswith(b'"'):
        return value.decode("utf-8", "replace")
    inner = rest[:-1].decode("latin-1").encode("latin-1", "backslashreplace").decode("unicode_escape")
    return (head + inner.encode("latin-1")).decode("utf-8", "replace")
