"""What two lines of history have in common, and one commit that brings one of them into the other. No ref moves here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pygit2
from pygit2.enums import SortMode

from openhearth.storage.git.commits import tree_of, write_object
from openhearth.storage.git.history import record_commit
from openhearth.storage.git.objects import Person, encode_commit
from openhearth.storage.git.records import Commit
from openhearth.storage.git.repositories import Repository


@dataclass(frozen=True, slots=True)
class MergedTree:
    """The files of both sides together: `tree` is a raw oid, empty where `conflicts` names files that contradict."""

    tree: bytes
    conflicts: tuple[str, ...] = ()


def find_merge_base(repository: Repository, ours: str, theirs: str) -> str | None:
    """The commit where both histories parted, None if they share none."""
    base = repository.merge_base(pygit2.Oid(hex=ours), pygit2.Oid(hex=theirs))
    return None if base is None else str(base)


def list_between(repository: Repository, old: Sequence[str], new: str, *, limit: int) -> list[Commit]:
    """The newest `limit` commits that `new` reaches and none of `old` does, oldest first."""
    walker = repository.walk(pygit2.Oid(hex=new), SortMode.TOPOLOGICAL | SortMode.TIME)
    for known in old:
        walker.hide(pygit2.Oid(hex=known))
    return [record_commit(commit) for commit in islice(walker, limit)][::-1]


def find_conflicts(
    repository: Repository, ours: str, theirs: str, *, forked_at: str | None = None
) -> tuple[str, ...]:
    """The paths that contradict each other, none if both can be merged. `forked_at` as for `merge_trees`."""
    base = find_merge_base(repository, ours, theirs) or forked_at
    return () if base in (ours, theirs) else _conflicts_in(_merge(repository, base, ours, theirs))


def merge_trees(
    repository: Repository, ours: str, theirs: str, *, forked_at: str | None = None
) -> MergedTree:
    """Three-way merge of the files. Its objects are on disk when this returns; nothing names them yet.

    `forked_at` is the commit to compare both with where one of them was rewritten since and they share none.
    """
    base = find_merge_base(repository, ours, theirs) or forked_at
    if base == theirs:  # theirs brings nothing
        return MergedTree(tree_of(repository, ours))
    if base == ours:
        return MergedTree(tree_of(repository, theirs))
    index = _merge(repository, base, ours, theirs)
    if conflicts := _conflicts_in(index):
        return MergedTree(b"", conflicts)
    tree: bytes = index.write_tree(repository).raw
    return MergedTree(tree)


def write_squash(repository: Repository, ours: str, tree: bytes, *, message: str, author: Person) -> str:
    """One commit on top of `ours` that holds `tree`; durable on return."""
    return write_object(repository, "commit", encode_commit(tree, [ours], author, message))


def _merge(repository: Repository, base: str | None, ours: str, theirs: str) -> Any:
    if base is None:
        return repository.merge_commits(ours, theirs)
    return repository.merge_trees(*(repository[oid].tree for oid in (base, ours, theirs)))


def _conflicts_in(index: Any) -> tuple[str, ...]:
    return tuple(sorted(set(_conflict_paths(index.conflicts)))) if index.conflicts is not None else ()


def _conflict_paths(conflicts: Any) -> Iterator[str]:
    for sides in conflicts:
        yield next(side.path for side in sides if side is not None)
