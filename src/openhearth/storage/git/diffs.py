"""What changed between two commits, file by file, for showing: every size is capped."""

from __future__ import annotations

from typing import Any

import pygit2
from pygit2.enums import DeltaStatus, DiffFind

from openhearth.storage.git.records import MODE_SUBMODULE, ChangeStatus, DiffLine, FileDiff, Hunk
from openhearth.storage.git.repositories import Repository

MAX_FILES = 1000
MAX_LINES = 20_000  # of one diff, over all its files
MAX_FILE_LINES = 3000
MAX_TEXT_BYTES = 512 << 10  # larger files are named, not compared
MAX_PATCH_CHARACTERS = 4 << 20
_MAX_LINE_CHARACTERS = 5000
_MAX_RENAME_CANDIDATES = 200

_STATUS: dict[DeltaStatus, ChangeStatus] = {
    DeltaStatus.ADDED: "added",
    DeltaStatus.DELETED: "deleted",
    DeltaStatus.RENAMED: "renamed",
}
_ZERO = "0" * 40


def read_diff(repository: Repository, old: str | None, new: str) -> list[FileDiff]:
    """The changes that lead from `old` (None: nothing) to `new`, at most MAX_FILES of them."""
    after = repository[new].tree
    diff = repository[old].tree.diff_to_tree(after) if old is not None else after.diff_to_tree(swap=True)
    deltas = list(diff.deltas)
    if sum(d.status in (DeltaStatus.ADDED, DeltaStatus.DELETED) for d in deltas) <= _MAX_RENAME_CANDIDATES:
        diff.find_similar(DiffFind.FIND_RENAMES)
        deltas = list(diff.deltas)
    files: list[FileDiff] = []
    budget = MAX_LINES
    for delta in deltas[:MAX_FILES]:
        file = _file_diff(repository, delta, budget)
        budget -= sum(len(hunk.lines) for hunk in file.hunks)
        files.append(file)
    return files


def read_patch(repository: Repository, old: str, new: str) -> str:
    """The changes as one text in git's unified format; files that are too large are named, not compared."""
    diff = repository[old].tree.diff_to_tree(repository[new].tree)
    deltas = list(diff.deltas)
    parts: list[str] = []
    size = 0
    for index, delta in enumerate(deltas[:MAX_FILES]):
        blobs = (_blob(repository, delta.old_file), _blob(repository, delta.new_file))
        if any(blob is not None and blob.size > MAX_TEXT_BYTES for blob in blobs):
            before, after = f"a/{_path(delta.old_file)}", f"b/{_path(delta.new_file)}"
            text = f"diff --git {before} {after}\nBinary files {before} and {after} differ\n"
        else:
            text = diff[index].data.decode("utf-8", "replace")
        size += len(text)
        if size > MAX_PATCH_CHARACTERS:
            break
        parts.append(text)
    return "".join(parts)


def _file_diff(repository: Repository, delta: Any, budget: int) -> FileDiff:
    before, after = _blob(repository, delta.old_file), _blob(repository, delta.new_file)
    is_large = any(blob is not None and blob.size > MAX_TEXT_BYTES for blob in (before, after))
    additions = deletions = 0
    hunks: tuple[Hunk, ...] = ()
    is_binary, is_cut = False, is_large
    if is_large:
        is_binary = any(blob is not None and blob.is_binary for blob in (before, after))
    else:
        patch = pygit2.Patch.create_from(before, after)
        is_binary = bool(patch.delta.is_binary)
        if not is_binary:
            _, additions, deletions = patch.line_stats
            hunks, is_cut = _hunks(patch, min(budget, MAX_FILE_LINES))
    status = _STATUS.get(delta.status, "modified")
    path, old_path = _path(delta.new_file), _path(delta.old_file)
    return FileDiff(
        path=old_path if status == "deleted" else path,
        old_path=old_path if status == "renamed" else None,
        status=status,
        additions=additions,
        deletions=deletions,
        is_binary=is_binary,
        is_cut=is_cut,
        hunks=hunks,
        old_oid=_oid(delta.old_file),
        new_oid=_oid(delta.new_file),
    )


def _hunks(patch: Any, limit: int) -> tuple[tuple[Hunk, ...], bool]:
    """Hunks of at most `limit` lines together, and whether any were left out."""
    hunks: list[Hunk] = []
    for hunk in patch.hunks:
        if limit <= 0:
            return tuple(hunks), True
        all_lines = [line for line in hunk.lines if line.origin in " +-"]
        lines = tuple(_line(line) for line in all_lines[:limit])
        hunks.append(Hunk(hunk.header.rstrip("\n"), lines))
        if len(lines) < len(all_lines):
            return tuple(hunks), True
        limit -= len(lines)
    return tuple(hunks), False


def _line(line: Any) -> DiffLine:
    text = line.raw_content.decode("utf-8", "replace").rstrip("\r\n")[:_MAX_LINE_CHARACTERS]
    old = line.old_lineno if line.old_lineno > 0 else None
    new = line.new_lineno if line.new_lineno > 0 else None
    return DiffLine(line.origin, text, old, new)


def _blob(repository: Repository, side: Any) -> Any:
    """The blob on one side of a delta, None where the side has none."""
    if _oid(side) is None or side.mode == MODE_SUBMODULE:
        return None
    return repository[side.id]


def _oid(side: Any) -> str | None:
    oid = str(side.id)
    return None if oid == _ZERO else oid


def _path(side: Any) -> str:
    raw: bytes = side.raw_path
    return raw.decode("utf-8", "replace")
