"""The commit that last changed each path: one walk for all that is asked, which stops at anything found before.

A path follows the first parent that has it unchanged, as `git log -1 -- path` does. Answers are kept for each commit and
folder, the costly ones on disk too, so that after a new commit the walk is one step long, also after a restart. A folder that
is not too large is answered whole: the next page of its listing is there already.
"""

from __future__ import annotations

import hashlib
import heapq
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pygit2

from openhearth.kit.recent import Recent
from openhearth.storage.git.history import record_commit
from openhearth.storage.git.records import MODE_FOLDER, Commit
from openhearth.storage.git.repositories import Repository

WHOLE_FOLDER_MOST = 5000  # entries; of larger folders only what is asked is looked for
_KEPT_FROM_STEPS = 300  # shorter walks are as quick as reading a file
_ENTRY = re.compile(rb"([0-7]+) ([^\0]+)\0(.{20})", re.DOTALL)
_FOLDER = "openhearth-last-commits"

_Names = dict[bytes, str]  # name in a folder → commit
_Entries = frozenset[tuple[bytes, bytes, bytes]]  # (mode, name, oid) of a tree


class LastCommits:
    def __init__(self, capacity: int = 512) -> None:
        self._known: Recent[tuple[str, str, str], _Names] = Recent(capacity)  # (key, commit, folder)
        self._loaded: Recent[tuple[str, str], bool] = Recent(4096)

    def find(self, repository: Repository, key: str, commit: str, paths: Iterable[str]) -> dict[str, Commit]:
        """Paths that do not exist at `commit` are left out."""
        asked: dict[str, set[bytes]] = {}
        for path in paths:
            folder, _, name = path.rpartition("/")
            asked.setdefault(folder, set()).add(name.encode("utf-8", "surrogatepass"))
        known = self._complete(repository, key, commit, asked)
        found = {
            f"{folder}/{name.decode('utf-8', 'replace')}" if folder else name.decode("utf-8", "replace"): oid
            for folder, names in asked.items()
            for name in names
            if (oid := known[folder].get(name)) is not None
        }
        records = {oid: record_commit(repository[oid]) for oid in set(found.values())}
        return {path: records[oid] for path, oid in found.items()}

    def _complete(
        self, repository: Repository, key: str, commit: str, asked: dict[str, set[bytes]]
    ) -> dict[str, _Names]:
        """For each folder what is known of its names, all that were asked among them."""
        known = {folder: self._known.find((key, commit, folder)) or {} for folder in asked}
        missing = {folder: names - known[folder].keys() for folder, names in asked.items()}
        walk = _Walk(repository, key, self._known)
        wanted: dict[str, set[bytes]] = {}
        for folder, names in missing.items():
            if not names:
                continue
            self._load(repository, key, folder)
            there = {name for _, name, _ in walk.entries(walk.tree(commit, folder))}
            chosen = there if len(there) <= WHOLE_FOLDER_MOST else names & there
            wanted[folder] = chosen - known[folder].keys()
        for folder, found in walk.run(commit, wanted).items():
            known[folder] = {**known[folder], **found}
            self._known.put((key, commit, folder), known[folder])
            if walk.steps >= _KEPT_FROM_STEPS:
                _save(repository, folder, commit, known[folder])
        return known

    def _load(self, repository: Repository, key: str, folder: str) -> None:
        """Bring back what was found out before the last restart."""
        if self._loaded.find((key, folder)):
            return
        self._loaded.put((key, folder), True)
        kept = _read(repository, folder)
        if kept is not None:
            commit, names = kept
            self._known.put((key, commit, folder), names)


class _Walk:
    """One walk back through history, newest commits first. Trees are read once each while it lasts."""

    def __init__(self, repository: Repository, key: str, known: Recent[tuple[str, str, str], _Names]) -> None:
        self._repository = repository
        self._key = key
        self._known = known
        self._trees: Recent[tuple[str, str], bytes] = Recent(4096)
        self._entries: Recent[bytes, _Entries] = Recent(64)
        self.steps = 0

    def run(self, start: str, wanted: dict[str, set[bytes]]) -> dict[str, _Names]:
        """For each folder of `wanted`, where each of its names was changed last."""
        found: dict[str, _Names] = {folder: {} for folder, names in wanted.items() if names}
        open_at = {start: {folder: names for folder, names in wanted.items() if names}}
        queue = [(-self._repository[start].commit_time, start)]
        while queue:
            _, oid = heapq.heappop(queue)
            pending = open_at.pop(oid, {})
            self.steps += 1
            self._settle_known(oid, pending, found)
            for parent in self._repository[oid].parent_ids if pending else ():
                passed = self._pass_on(oid, str(parent), pending)
                if passed:
                    if str(parent) not in open_at:
                        heapq.heappush(queue, (-self._repository[parent].commit_time, str(parent)))
                    _join(open_at.setdefault(str(parent), {}), passed)
            for folder, names in pending.items():  # no parent has them as they are
                found[folder].update(dict.fromkeys(names, oid))
        return found

    def _settle_known(self, oid: str, pending: dict[str, set[bytes]], found: dict[str, _Names]) -> None:
        for folder in list(pending):
            known = self._known.find((self._key, oid, folder))
            if known is None:
                continue
            names = pending[folder]
            settled = names & known.keys()
            found[folder].update((name, known[name]) for name in settled)
            names -= settled
            if not names:
                del pending[folder]

    def _pass_on(self, oid: str, parent: str, pending: dict[str, set[bytes]]) -> dict[str, set[bytes]]:
        """What `parent` has as `oid` has it; taken out of `pending`."""
        passed = {}
        for folder in list(pending):
            here, there = self.tree(oid, folder), self.tree(parent, folder)
            if here == there:
                passed[folder] = pending.pop(folder)
                continue
            changed = {name for _, name, _ in self.entries(here) ^ self.entries(there)}
            names = pending[folder]
            kept = names & changed
            names -= changed
            if names:
                passed[folder] = names
            if kept:
                pending[folder] = kept
            else:
                del pending[folder]
        return passed

    def tree(self, commit: str, folder: str) -> bytes:
        """The oid of a folder's tree, empty if there is no such folder."""
        place = (commit, folder)
        oid = self._trees.find(place)
        if oid is None:
            oid = self._look_up(commit, folder)
            self._trees.put(place, oid)
        return oid

    def _look_up(self, commit: str, folder: str) -> bytes:
        root: Any = self._repository[commit].tree
        try:
            found = root[folder] if folder else root
        except (KeyError, ValueError):
            return b""
        return bytes(found.id.raw) if not folder or found.filemode == MODE_FOLDER else b""

    def entries(self, tree: bytes) -> _Entries:
        if not tree:
            return frozenset()
        entries = self._entries.find(tree)
        if entries is None:
            entries = frozenset(_ENTRY.findall(self._repository.odb.read(pygit2.Oid(raw=tree))[1]))
            self._entries.put(tree, entries)
        return entries


def _join(there: dict[str, set[bytes]], more: dict[str, set[bytes]]) -> None:
    for folder, names in more.items():
        if folder in there:
            there[folder] |= names
        else:
            there[folder] = names


def _path(repository: Repository, folder: str) -> Path:
    name = hashlib.sha256(folder.encode("utf-8", "surrogatepass")).hexdigest()
    return Path(repository.path) / _FOLDER / name


def _save(repository: Repository, folder: str, commit: str, names: _Names) -> None:
    """Keep what a long walk found. A file that is cut short, by a power cut say, is not believed."""
    path = _path(repository, folder)
    body = b"\0".join(oid.encode() + name for name, oid in names.items())
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with suppress(OSError):  # a full disk costs the next restart a walk, no more
        path.parent.mkdir(exist_ok=True)
        fresh.write_bytes(commit.encode() + hashlib.sha256(body).digest() + body)
        fresh.replace(path)


def _read(repository: Repository, folder: str) -> tuple[str, _Names] | None:
    try:
        content = _path(repository, folder).read_bytes()
    except OSError:
        return None
    commit, digest, body = content[:40], content[40:72], content[72:]
    if hashlib.sha256(body).digest() != digest:
        return None
    return commit.decode("ascii", "replace"), {
        item[40:]: item[:40].decode() for item in body.split(b"\0") if item
    }
