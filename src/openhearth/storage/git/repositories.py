"""Bare repositories on disk and open libgit2 handles to them.

A handle is used by one thread at a time: `call` lends an idle one or opens another (0.15 ms). libgit2 looks
for new packs by itself when an object is missing; after a compaction it may still name a pack that is gone,
so a call that fails inside libgit2 is tried once more on a fresh handle.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pygit2
from pygit2.enums import ConfigLevel, ObjectType, RepositoryOpenFlag

from openhearth.errors import Conflict, NotFound
from openhearth.storage.durable import sync_file, sync_folder

T = TypeVar("T")
Repository = Any  # pygit2 publishes no types that mypy may follow here

_OPEN_FLAGS = RepositoryOpenFlag.NO_SEARCH | RepositoryOpenFlag.BARE
_TREE_CACHE_BYTES = 4 << 20
_CACHE_BYTES = 64 << 20
# Nothing but this package writes here: git must neither collect garbage nor move refs into packed-refs by
# itself.
_CONFIG = """[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[gc]
\tauto = 0
[maintenance]
\tauto = false
"""


class RepositoryGone(NotFound):
    """No repository is stored under this key (any more)."""


class RepositoryPool:
    """Idle handles, the least recently used closed first."""

    def __init__(self, capacity: int = 64) -> None:
        _isolate_libgit2()
        self._capacity = capacity
        self._idle: OrderedDict[Path, list[Repository]] = OrderedDict()
        self._count = 0
        self._lock = threading.Lock()

    def call(self, path: Path, work: Callable[[Repository], T]) -> T:
        """The result of `work` on an open repository. Raises RepositoryGone if there is none at `path`."""
        repository = self._take(path) or _open(path)
        try:
            result = work(repository)
        except pygit2.GitError:
            repository = _open(path)
            result = work(repository)
        self._give_back(path, repository)
        return result

    def forget(self, path: Path) -> None:
        """Close the idle handles to `path`, which is removed or repacked."""
        with self._lock:
            self._count -= len(self._idle.pop(path, []))

    def _take(self, path: Path) -> Repository | None:
        with self._lock:
            handles = self._idle.get(path)
            if not handles:
                return None
            self._count -= 1
            repository = handles.pop()
            if not handles:
                del self._idle[path]
            return repository

    def _give_back(self, path: Path, repository: Repository) -> None:
        with self._lock:
            self._idle.setdefault(path, []).append(repository)
            self._idle.move_to_end(path)
            self._count += 1
            while self._count > self._capacity:
                oldest = next(iter(self._idle))
                self._idle[oldest].pop()
                self._count -= 1
                if not self._idle[oldest]:
                    del self._idle[oldest]


def _open(path: Path) -> Repository:
    try:
        return pygit2.Repository(str(path), _OPEN_FLAGS)
    except pygit2.GitError:
        raise RepositoryGone(f"No git repository is stored under {path.stem!r}.") from None


def _isolate_libgit2() -> None:
    """Keep the account's own git settings out, and large trees in memory."""
    for level in (ConfigLevel.SYSTEM, ConfigLevel.GLOBAL, ConfigLevel.XDG, ConfigLevel.PROGRAMDATA):
        pygit2.settings.search_path[level] = ""
    pygit2.settings.owner_validation = False
    pygit2.settings.enable_fsync_gitdir(True)  # a merge writes its trees through libgit2
    pygit2.settings.cache_max_size(_CACHE_BYTES)
    pygit2.settings.cache_object_limit(ObjectType.TREE, _TREE_CACHE_BYTES)


def create_repository(path: Path) -> None:
    """Make an empty bare repository in one step. Raises Conflict if the key is taken."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (fresh / folder).mkdir(parents=True)
    (fresh / "HEAD").write_text("ref: refs/heads/main\n")
    (fresh / "config").write_text(_CONFIG)
    for name in ("HEAD", "config", "objects", "refs", ""):
        sync_file(fresh / name)
    try:
        fresh.rename(path)
    except OSError:
        shutil.rmtree(fresh)
        raise Conflict(f"A git repository is stored under {path.stem!r} already.") from None
    sync_folder(path.parent)


def remove_repository(path: Path, trash: Path) -> None:
    """Take the repository away in one step, then free its space. Does nothing if there is none."""
    trash.mkdir(parents=True, exist_ok=True)
    doomed = trash / f"{path.stem}.{secrets.token_hex(4)}"
    try:
        path.rename(doomed)
    except FileNotFoundError:
        return
    sync_folder(path.parent)
    shutil.rmtree(doomed, ignore_errors=True)
