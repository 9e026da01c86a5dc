"""History written anew without some files: every commit and tag that could reach one is replaced.

What does not change keeps its id. Signatures over what changes are left out, as they would no longer be true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pygit2
from pygit2.enums import ObjectType as GitType
from pygit2.enums import SortMode

from openhearth.storage.git.objects import ObjectType, RawEntry, encode_tree, parse_tree
from openhearth.storage.git.pointers import POINTER_MAX_BYTES
from openhearth.storage.git.records import MODE_EXECUTABLE, MODE_FILE, MODE_FOLDER
from openhearth.storage.git.repositories import Repository

Add = Callable[[ObjectType, bytes], bytes]
IsDoomed = Callable[[bytes], bool]

_SIGNATURE = re.compile(rb"^gpgsig(?:-sha256)? .*\n(?: .*\n)*", re.MULTILINE)
_TAG_SIGNATURE = re.compile(rb"-----BEGIN (?:PGP|SSH) SIGNATURE-----.*", re.DOTALL)


class Rewriter:
    """Writes new objects by `add`; `is_doomed` says of a small file's content whether it goes."""

    def __init__(self, repository: Repository, *, is_doomed: IsDoomed, add: Add) -> None:
        self._repository = repository
        self._is_doomed = is_doomed
        self._add = add
        self._blobs: dict[bytes, bool] = {}
        self._trees: dict[bytes, bytes | None] = {}
        self._commits: dict[str, str] = {}

    def rewrite(self, targets: Mapping[str, str]) -> dict[str, str]:
        """Ref → what it should name, for those of `targets` (ref → object) that change."""
        found = {ref: self._target(oid) for ref, oid in targets.items()}
        return {ref: oid for ref, oid in found.items() if oid != targets[ref]}

    def _target(self, oid: str) -> str:
        thing = self._repository[oid]
        if isinstance(thing, pygit2.Tag):
            return self._tag(thing)
        return self._history(oid) if isinstance(thing, pygit2.Commit) else oid

    def _tag(self, tag: Any) -> str:
        inner = str(tag.target)
        after = self._target(inner)
        if after == inner:
            return str(tag.id)
        content = tag.read_raw().replace(f"object {inner}".encode(), f"object {after}".encode(), 1)
        return self._add("tag", _TAG_SIGNATURE.sub(b"", content)).hex()

    def _history(self, head: str) -> str:
        order = SortMode.TOPOLOGICAL | SortMode.REVERSE
        for commit in self._repository.walk(head, order):
            oid = str(commit.id)
            if oid not in self._commits:
                self._commits[oid] = self._commit(commit)
        return self._commits[head]

    def _commit(self, commit: Any) -> str:
        parents = [(str(oid), self._commits.get(str(oid), str(oid))) for oid in commit.parent_ids]
        before: bytes = commit.tree_id.raw
        tree = self._tree(before) or self._add("tree", b"")
        if tree == before and all(old == new for old, new in parents):
            return str(commit.id)
        content = commit.read_raw().replace(before.hex().encode(), tree.hex().encode(), 1)
        for old, new in parents:
            content = content.replace(f"\nparent {old}".encode(), f"\nparent {new}".encode(), 1)
        head, _, message = content.partition(b"\n\n")
        return self._add("commit", _SIGNATURE.sub(b"", head + b"\n").rstrip(b"\n") + b"\n\n" + message).hex()

    def _tree(self, oid: bytes) -> bytes | None:
        """The tree without what goes; None if nothing is left of it."""
        if oid not in self._trees:
            self._trees[oid] = self._filtered(oid)
        return self._trees[oid]

    def _filtered(self, oid: bytes) -> bytes | None:
        entries = parse_tree(self._repository.odb.read(pygit2.Oid(raw=oid))[1])
        kept: dict[bytes, RawEntry] = {}
        for name, entry in entries.items():
            if entry.mode == MODE_FOLDER:
                inner = self._tree(entry.oid)
                if inner is not None:
                    kept[name] = RawEntry(entry.mode, inner)
            elif entry.mode not in (MODE_FILE, MODE_EXECUTABLE) or not self._goes(entry.oid):
                kept[name] = entry
        if kept == entries:
            return oid
        return self._add("tree", encode_tree(kept.items())) if kept else None

    def _goes(self, oid: bytes) -> bool:
        if oid not in self._blobs:
            odb, blob = self._repository.odb, pygit2.Oid(raw=oid)
            kind, size = odb.read_header(blob)
            is_small = kind == GitType.BLOB and size <= POINTER_MAX_BYTES
            self._blobs[oid] = is_small and self._is_doomed(odb.read(blob)[1])
        return self._blobs[oid]
