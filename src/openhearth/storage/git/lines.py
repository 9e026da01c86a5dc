"""Where the lines of a file went between two commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pygit2
from pygit2.enums import DeltaStatus, DiffFind

from openhearth.storage.git.diffs import MAX_TEXT_BYTES
from openhearth.storage.git.repositories import Repository


@dataclass(frozen=True, slots=True)
class LineMap:
    """`path` is the file's newer name; a change is (old start, old count, new count), lines counted from 1."""

    path: str
    changes: tuple[tuple[int, int, int], ...] = ()

    def find(self, line: int) -> int | None:
        """The number that an old line has now, None if it was changed or removed."""
        shift = 0
        for start, old_count, new_count in self.changes:
            first = start if old_count else start + 1  # an insertion stands behind the line it names
            if line < first:
                break
            if line < first + old_count:
                return None
            shift += new_count - old_count
        return line + shift


def follow_lines(repository: Repository, old: str, new: str, path: str) -> LineMap | None:
    """None if the file is gone, or no text that can be compared."""
    before = _blob_at(repository[old].tree, path)
    newer = path if _blob_at(repository[new].tree, path) is not None else _renamed(repository, old, new, path)
    after = _blob_at(repository[new].tree, newer) if newer else None
    if before is None or after is None or newer is None:
        return None
    if before.id == after.id:
        return LineMap(newer)
    if max(before.size, after.size) > MAX_TEXT_BYTES:
        return None
    patch = pygit2.Patch.create_from(before, after, context_lines=0)
    if patch.delta.is_binary:
        return None
    return LineMap(newer, tuple((h.old_start, h.old_lines, h.new_lines) for h in patch.hunks))


def _renamed(repository: Repository, old: str, new: str, path: str) -> str | None:
    diff = repository[old].tree.diff_to_tree(repository[new].tree)
    diff.find_similar(DiffFind.FIND_RENAMES)
    return next(
        (
            str(delta.new_file.path)
            for delta in diff.deltas
            if delta.status == DeltaStatus.RENAMED and delta.old_file.path == path
        ),
        None,
    )


def _blob_at(tree: Any, path: str) -> Any:
    try:
        found = tree[path]
    except KeyError:
        return None
    return found if isinstance(found, pygit2.Blob) else None
