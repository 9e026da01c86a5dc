"""Commits: one, a log, how many, and which one last touched each of many paths."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pygit2
from pygit2.enums import SortMode

from openhearth.errors import RevisionNotFound
from openhearth.storage.git.records import Commit
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
