"""Commits: one, a log, how many, and which one last touched each of many paths."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pygit2
from pygit2.enums import SortMode

from openhearth.errors import RevisionNotFound
from openhearth.kit.recent import Recent
from openhearth.storage.git.objects import parse_tree
from openhearth.storage.git.records import MODE_FOLDER, Commit
from openhearth.storage.git.repositories import Repository

_EPOCH_S = 253_402_300_799  # the last second of the year 9999, beyond which datetime cannot go


def read_commit(repository: Repository, oid: str) -> Commit:
    """Raises RevisionNotFound if the repo has no such commit."""
    try:
        found = repository[oid]
    except (KeyError, ValueError):
        found = None
    if not isinstance(found, pygit2.Commit):
        raise RevisionNotFound(oid, "this repo")
    return record_commit(found)


def record_commit(commit: Any) -> Commit:
    """A commit of libgit2 as a noun of this package."""
    message = commit.raw_message.decode("utf-8", "replace").rstrip("\n")
    return Commit(
        oid=str(commit.id),
        message=message,
        title=message.split("\n", 1)[0],
        author_name=commit.author.raw_name.decode("utf-8", "replace"),
        author_email=commit.author.raw_email.decode("utf-8", "replace"),
        date=datetime.fromtimestamp(min(max(commit.commit_time, 0), _EPOCH_S), UTC),
        parents=tuple(str(parent) for parent in commit.parent_ids),
    )


def read_log(repository: Repository, commit: str, *, skip: int, limit: int, path: str | None) -> list[Commit]:
    """Newest first; with `path`, only commits that changed it."""
    commits = _walk_commits(repository, commit)
    if path is not None:
        commits = (c for c in commits if _touches(c, path))
    return [record_commit(c) for c in islice(commits, skip, skip + limit)]


def _walk_commits(repository: Repository, start: str) -> Iterator[Any]:
    """Every commit reachable from `start`, by date, as `git log`: read only as far as the caller goes.

    libgit2's own walk by date puts commits of the same second in any order.
    """
    first = repository[start]
    queue = [(-first.commit_time, 0, first)]
    seen = {first.id}
    while queue:
        _, _, commit = heapq.heappop(queue)
        yield commit
        for parent in commit.parents:
            if parent.id not in seen:
                seen.add(parent.id)
                heapq.heappush(queue, (-parent.commit_time, len(seen), parent))


def count_commits(repository: Repository, commit: str) -> int:
    return sum(1 for _ in repository.walk(commit, SortMode.NONE))


def _touches(commit: Any, path: str) -> bool:
    """Whether `commit` differs from each of its parents at `path`."""
    here = _oid_at(commit, path)
    if not commit.parents:
        return here is not None
    return all(_oid_at(parent, path) != here for parent in commit.parents)


def _oid_at(commit: Any, path: str) -> Any:
    try:
        entry = commit.tree[path]
    except KeyError:
        return None
    return entry.id, entry.filemode


class LastCommits:
    """The commit that last changed each path: one walk for all paths, which stops at anything found before.

    A path follows the first parent that has it unchanged, as `git log -1 -- path` does. Answers are kept per
    commit, so after a new commit the walk is one step long.
    """

    def __init__(self, capacity: int = 256) -> None:
        self._known: Recent[tuple[str, str], dict[str, str]] = Recent(capacity)

    def find(self, repository: Repository, key: str, commit: str, paths: Sequence[str]) -> dict[str, Commit]:
        """Paths that do not exist at `commit` are left out."""
        known = self._known.find((key, commit)) or {}
        missing = {path for path in paths if path not in known}
        if missing:
            known = {**known, **dict(self._walk(repository, key, commit, missing))}
            self._known.put((key, commit), known)
        records = {
            oid: record_commit(repository[oid]) for oid in {known[path] for path in paths if path in known}
        }
        return {path: records[known[path]] for path in paths if path in known}

    def _walk(
        self, repository: Repository, key: str, start: str, paths: set[str]
    ) -> Iterator[tuple[str, str]]:
        folders = _Folders(repository)
        wanted: dict[str, set[str]] = {start: {p for p in paths if folders.find(start, p) is not None}}
        queue = [(-repository[start].commit_time, start)]
        while queue:
            _, oid = heapq.heappop(queue)
            pending = wanted.pop(oid, set())
            known = self._known.find((key, oid)) or {}
            yield from ((path, known[path]) for path in pending & known.keys())
            pending -= known.keys()
            for parent in repository[oid].parent_ids if pending else ():
                unchanged = folders.unchanged(oid, str(parent), pending)
                pending -= unchanged
                if unchanged:
                    if str(parent) not in wanted:
                        heapq.heappush(queue, (-repository[parent].commit_time, str(parent)))
                    wanted.setdefault(str(parent), set()).update(unchanged)
            yield from ((path, oid) for path in pending)


class _Folders:
    """Folders of commits, read once each while a walk lasts."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._tree_of: Recent[tuple[str, str], bytes] = Recent(4096)
        self._entries_of: Recent[bytes, dict[bytes, Any]] = Recent(64)

    def find(self, commit: str, path: str) -> tuple[int, bytes] | None:
        folder, _, name = path.rpartition("/")
        entry = self._entries(self._tree(commit, folder)).get(name.encode())
        return entry

    def unchanged(self, commit: str, parent: str, paths: set[str]) -> set[str]:
        """Those of `paths` that are the same in both commits. Each folder is compared as a whole first."""
        same: set[str] = set()
        by_folder: dict[str, list[str]] = {}
        for path in paths:
            by_folder.setdefault(path.rpartition("/")[0], []).append(path)
        for folder, inside in by_folder.items():
            here, there = self._tree(commit, folder), self._tree(parent, folder)
            if here == there:
                same.update(inside)
                continue
            ours, theirs = self._entries(here), self._entries(there)
            names = ((path, path.rpartition("/")[2].encode()) for path in inside)
            same.update(path for path, name in names if ours.get(name) == theirs.get(name))
        return same

    def _tree(self, commit: str, folder: str) -> bytes:
        """The oid of a folder's tree, empty if there is no such folder."""
        place = (commit, folder)
        oid = self._tree_of.find(place)
        if oid is None:
            oid = self._read_tree_oid(commit, folder)
            self._tree_of.put(place, oid)
        return oid

    def _read_tree_oid(self, commit: str, folder: str) -> bytes:
        if not folder:
            root: bytes = self._repository[commit].tree_id.raw
            return root
        parent, _, name = folder.rpartition("/")
        entry = self._entries(self._tree(commit, parent)).get(name.encode())
        return entry.oid if entry is not None and entry.mode == MODE_FOLDER else b""

    def _entries(self, tree: bytes) -> dict[bytes, Any]:
        if not tree:
            return {}
        entries = self._entries_of.find(tree)
        if entries is None:
            entries = parse_tree(self._repository.odb.read(pygit2.Oid(raw=tree))[1])
            self._entries_of.put(tree, entries)
        return entries
