"""GitStore: every repo's objects and refs, under opaque keys. The one door for reading and writing."""

from __future__ import annotations

import io
import logging
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pygit2

from openhearth.errors import Conflict, EntryNotFound, HubError, Invalid, RevisionNotFound
from openhearth.kit.names import check_ref_name, is_commit_id
from openhearth.kit.recent import Recent
from openhearth.storage.git import (
    commits,
    compaction,
    copying,
    diffs,
    history,
    lines,
    merges,
    pushes,
    refs,
    wants,
)  # fmt: skip
from openhearth.storage.git.blame import BlamedLines, read_blame
from openhearth.storage.git.file_log import list_versions
from openhearth.storage.git.last_commits import LastCommits
from openhearth.storage.git.lines import LineMap
from openhearth.storage.git.merges import MergedTree
from openhearth.storage.git.objects import ObjectType, Person, encode_commit, encode_tag
from openhearth.storage.git.raw_diff import read_raw_diff
from openhearth.storage.git.records import (
    Change,
    Commit,
    FileDiff,
    RefMoved,
    RefUpdate,
    TreeEntry,
)  # fmt: skip
from openhearth.storage.git.repositories import (
    Repository,
    RepositoryPool,
    create_repository,
    remove_repository,
)
from openhearth.storage.git.signatures import Signature, read_signature
from openhearth.storage.git.trees import TreeReader
from openhearth.storage.git.turns import turn

T = TypeVar("T")
log = logging.getLogger(__name__)

DEFAULT_BRANCH = "refs/heads/main"
_KEY = re.compile(r"[0-9a-f]{24}")
_ABBREVIATED = re.compile(r"[0-9a-f]{7,39}")


class GitStore:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        compaction.remove_leftovers(self._incoming)
        for doomed in (root / "trash").glob("*"):  # deletions that a crash cut short
            shutil.rmtree(doomed, ignore_errors=True)
        self._pool = RepositoryPool()
        self._trees = TreeReader()
        self._last = LastCommits()
        self._commits: Recent[tuple[str, str], str] = Recent(65_536)  # (key, object) → the commit it peels to
        self._entries: Recent[tuple[str, str, str], TreeEntry] = Recent(20_000)
        self._counts: Recent[tuple[str, str], int] = Recent(4096)
        self._signatures: Recent[tuple[str, str], tuple[Signature | None]] = Recent(10_000)
        self._blames: Recent[tuple[str, str, str], list[BlamedLines]] = Recent(32)
        self._compacting: set[str] = set()
        self._compacting_lock = threading.Lock()

    # Repositories.

    def path(self, key: str) -> Path:
        """Where the repository of `key` lies, whether or not it exists."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no repo key")
        return self._root.joinpath(key[:2], f"{key}.git")

    def exists(self, key: str) -> bool:
        return (self.path(key) / "HEAD").exists()

    def create(self, key: str) -> None:
        """Make an empty repository whose HEAD is main. Raises Conflict if there is one."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        create_repository(path)

    def copy(self, source: str, target: str, *, prefixes: Sequence[str]) -> dict[str, str]:
        """Make `target` a repository with the history of `source`, and those of its refs that begin so.

        Gives these refs and their commits. Objects are shared on disk. Raises Conflict if `target` exists.
        """
        targets = self.list_targets(source)  # before the objects: what they name is there by then
        self.create(target)
        copying.share_objects(self.path(source), self.path(target))
        wanted = [
            RefUpdate(ref, None, oid) for ref, oid in targets.items() if ref.startswith(tuple(prefixes))
        ]
        refs.move_refs(self.path(target), wanted)
        return self.list_refs(target)

    def delete(self, key: str) -> None:
        """Remove the repository and all it holds. Does nothing if there is none."""
        path = self.path(key)
        self._pool.forget(path)
        remove_repository(path, self._root / "trash")

    def compact(self, key: str) -> None:
        """Fold many small packs into few; safe beside readers and writers."""
        compaction.compact(self.path(key))
        self._pool.forget(self.path(key))

    def pack_bytes(self, key: str) -> int:
        """How much the objects take on disk; 0 if there is no such repository."""
        try:
            return sum(entry.stat().st_size for entry in os.scandir(self.path(key) / "objects/pack"))
        except FileNotFoundError:
            return 0

    def spool_path(self) -> Path:
        """A fresh name for a request body on the way in; the caller removes the file."""
        return self._incoming / f"tmp_{secrets.token_hex(12)}"

    # Refs.

    def list_refs(self, key: str) -> dict[str, str]:
        """Every full ref name and the commit it leads to."""
        found = ((ref, self._find_commit(key, target)) for ref, target in self.list_targets(key).items())
        return {ref: commit for ref, commit in found if commit is not None}

    def list_targets(self, key: str) -> dict[str, str]:
        """Every full ref name and the object it names: for annotated tags, the tag itself."""
        return refs.list_targets(self.path(key))

    def find_ref(self, key: str, ref: str) -> str | None:
        """The commit that the full ref name leads to."""
        if not refs.is_ref(ref):
            return None
        target = refs.find_target(self.path(key), ref)
        return None if target is None else self._find_commit(key, target)

    def resolve(self, key: str, revision: str) -> str | None:
        """The commit that a branch, tag, full ref name or commit id (at least 7 digits of it) stands for."""
        if is_commit_id(revision):
            return self._find_commit(key, revision)
        if revision == "HEAD":
            return self.find_ref(key, DEFAULT_BRANCH)
        names = (
            (revision,)
            if revision.startswith("refs/")
            else (f"refs/heads/{revision}", f"refs/tags/{revision}")
        )
        for ref in names:
            if (commit := self.find_ref(key, ref)) is not None:
                return commit
        return self._find_commit(key, revision) if _ABBREVIATED.fullmatch(revision) else None

    def update_ref(self, key: str, ref: str, new: str | None, *, expected: str | None) -> None:
        """Move `ref` from `expected` to `new` (None: nothing), durably. Tags are compared by their commit.

        Raises RefMoved if it is elsewhere, Conflict if its name clashes with another ref, Invalid for a bad
        name or target.
        """
        if new is not None and self._find_commit(key, new) is None:
            raise Invalid(f"ref: {ref!r} cannot point to {new}, which is no commit of this repo.")
        old = expected
        if expected is not None and refs.is_ref(ref):
            target = refs.find_target(self.path(key), ref)
            if target is not None and self._find_commit(key, target) == expected:
                old = target  # an annotated tag is compared by the tag object itself
        refs.move_refs(self.path(key), [RefUpdate(ref, old, new)])

    def create_tag(
        self,
        key: str,
        name: str,
        commit: str,
        *,
        message: str | None,
        tagger_name: str,
        tagger_email: str,
        date: datetime,
    ) -> None:
        """Tag `commit`; with a message, by an annotated tag. Raises Conflict or Invalid."""
        ref = f"refs/tags/{check_ref_name(name, field='tag')}"
        target = commit
        if message:
            content = encode_tag(name, commit, Person(tagger_name, tagger_email, date), message)
            target = self._write_object(key, "tag", content)
        try:
            self.update_ref(key, ref, target, expected=None)
        except RefMoved:
            raise Conflict(f"tag: {name!r} exists already; delete it first or choose another name.") from None

    # Files.

    def find_entry(self, key: str, commit: str, path: str) -> TreeEntry | None:
        """The file or folder at `path`. Raises RevisionNotFound if there is no such commit."""
        place = (key, commit, path)
        entry = self._entries.find(place)
        if entry is None and path:
            entry = self._read(
                key, commit, lambda repository: self._trees.find_entry(repository, commit, path)
            )
            if entry is not None:
                self._entries.put(place, entry)
        return entry

    def list_tree(
        self,
        key: str,
        commit: str,
        path: str = "",
        *,
        recursive: bool = False,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[TreeEntry]:
        """Files and folders below `path`, in git's order, `limit` of them behind the path `after`.

        Raises EntryNotFound if `path` is no folder.
        """
        return self._read(
            key, commit,
            lambda repository: self._trees.list_tree(
                repository, commit, path, recursive=recursive, after=after, limit=limit
            ),
        )  # fmt: skip

    def read_blob(self, key: str, oid: str, limit_bytes: int | None = None) -> bytes:
        """A file's content in git, at most `limit_bytes` of it. Raises EntryNotFound."""
        try:
            content: bytes = self._pool.call(self.path(key), lambda repository: repository.odb.read(oid)[1])
        except (KeyError, ValueError):
            raise EntryNotFound(oid) from None
        return content if limit_bytes is None else content[:limit_bytes]

    # Commits.

    def write_commit(
        self, key: str, *, parent: str | None, changes: Sequence[Change], message: str,
        author_name: str, author_email: str, date: datetime,
    ) -> str:  # fmt: skip
        """Write the commit that makes `changes`, in their order, on top of `parent`. No ref moves.

        Its objects are on disk, in one pack, when this returns. Raises Invalid for a path that is none or is
        in the way of another, EntryNotFound for a deletion of nothing, RevisionNotFound if `parent` is
        missing.
        """
        author = Person(author_name, author_email, date)
        commit = self._pool.call(
            self.path(key),
            lambda repository: commits.write_commit(
                repository, parent=parent, changes=changes, message=message, author=author
            ),
        )
        self._compact_if_due(key)
        return commit

    def squash(
        self, key: str, commit: str, message: str, *, author_name: str, author_email: str, date: datetime
    ) -> str:
        """Write a commit without parents that holds the files of `commit`. No ref moves."""
        author = Person(author_name, author_email, date)
        tree = self._pool.call(self.path(key), lambda repository: commits.tree_of(repository, commit))
        return self._write_object(key, "commit", encode_commit(tree, [], author, message))

    def rewrite(
        self, key: str, is_doomed: Callable[[bytes], bool], check: Callable[[RefUpdate], None]
    ) -> tuple[RefUpdate, ...]:
        """Write history anew without the small files that `is_doomed` picks, and move every ref that had one.

        `check` may refuse a move by raising. Gives the refs that moved, by their commits. Raises RefMoved if one
        moved meanwhile; then, as after a refusal, none has.
        """
        targets = self.list_targets(key)
        moved = self._pool.call(
            self.path(key), lambda repository: commits.rewrite(repository, targets, is_doomed)
        )
        updates = [RefUpdate(ref, targets[ref], oid) for ref, oid in moved.items()]
        for update in updates:
            check(update)
        refs.move_refs(self.path(key), updates)
        return tuple(RefUpdate(u.ref, self._peeled(key, u.old), self._peeled(key, u.new)) for u in updates)

    def get_commit(self, key: str, oid: str) -> Commit:
        """Raises RevisionNotFound."""
        return self._pool.call(self.path(key), lambda repository: history.read_commit(repository, oid))

    def log(
        self, key: str, commit: str, *, skip: int = 0, limit: int = 50, path: str | None = None
    ) -> list[Commit]:
        """Commits from `commit` back, newest first; with `path`, those that changed it."""
        return self._read(
            key, commit, lambda r: history.read_log(r, commit, skip=skip, limit=limit, path=path)
        )

    def count_commits(self, key: str, commit: str) -> int:
        count = self._counts.find((key, commit))
        if count is None:
            count = self._read(key, commit, lambda repository: history.count_commits(repository, commit))
            self._counts.put((key, commit), count)
        return count

    def last_commits(self, key: str, commit: str, paths: Iterable[str]) -> dict[str, Commit]:
        """The commit that last changed each path; paths that do not exist are left out."""
        wanted = list(paths)
        return self._read(key, commit, lambda repository: self._last.find(repository, key, commit, wanted))

    def diff(self, key: str, old: str | None, new: str) -> list[FileDiff]:
        """What leads from `old` (None: nothing) to `new`, capped in size."""
        return self._read(key, new, lambda repository: diffs.read_diff(repository, old, new))

    def patch(self, key: str, old: str, new: str) -> str:
        """What leads from `old` to `new` as unified diff, capped in size."""
        return self._read(key, new, lambda repository: diffs.read_patch(repository, old, new))

    def find_signature(self, key: str, oid: str) -> Signature | None:
        """The signature of a commit, None if it has none. Raises RevisionNotFound."""
        place = (key, oid)
        if (known := self._signatures.find(place)) is None:
            known = (self._read(key, oid, lambda repository: read_signature(repository, oid)),)
            self._signatures.put(place, known)
        return known[0]

    def raw_diff(self, key: str, old: str, new: str) -> bytes:
        """What leads from `old` to `new` as `git diff` says it, whole. Raises TooLarge, Busy."""
        with turn():
            return read_raw_diff(self.path(key), old, new)

    def blame(self, key: str, commit: str, path: str) -> list[BlamedLines]:
        """Who last changed each line of a file. Raises EntryNotFound, TooLarge, Busy."""
        place = (key, commit, path)
        if (known := self._blames.find(place)) is not None:
            return known
        entry = self.find_entry(key, commit, path)
        if entry is None or entry.type != "file":
            raise EntryNotFound(path, commit=commit)
        found = read_blame(self.path(key), commit, path, entry.size_bytes)
        self._blames.put(place, found)
        return found

    def list_versions(
        self, key: str, commit: str, path: str, *, skip: int = 0, limit: int = 50
    ) -> list[tuple[Commit, str]]:
        """The commits that changed a file, through its renames, newest first, each with its path there. Raises Busy."""
        found = list_versions(self.path(key), commit, path, limit=skip + limit)[skip:]
        return [(self.get_commit(key, oid), name) for oid, name in found]

    def tree_size(self, key: str, commit: str, path: str = "") -> int:
        """The bytes of all files below `path`, large ones with their own size. Raises EntryNotFound."""
        return self._read(key, commit, lambda repository: self._trees.sum_sizes(repository, commit, path))

    def follow_lines(self, key: str, old: str, new: str, path: str) -> LineMap | None:
        """Where the lines of a file went between two commits; None if it is no text there any more."""
        return self._read(key, new, lambda repository: lines.follow_lines(repository, old, new, path))

    # Merging.

    def find_merge_base(self, key: str, ours: str, theirs: str) -> str | None:
        """The commit where both histories parted, None if they share none."""
        return self._read(key, theirs, lambda repository: merges.find_merge_base(repository, ours, theirs))

    def list_between(self, key: str, old: Sequence[str], new: str, *, limit: int) -> list[Commit]:
        """The newest `limit` commits that `new` reaches and none of `old` does, oldest first."""
        return self._read(key, new, lambda repository: merges.list_between(repository, old, new, limit=limit))

    def find_conflicts(
        self, key: str, ours: str, theirs: str, *, forked_at: str | None = None
    ) -> tuple[str, ...]:
        """The paths in which both commits contradict each other."""
        return self._read(key, theirs, lambda r: merges.find_conflicts(r, ours, theirs, forked_at=forked_at))

    def merge_trees(self, key: str, ours: str, theirs: str, *, forked_at: str | None = None) -> MergedTree:
        """The files of both commits together, or the paths that contradict. No ref moves.

        `forked_at` is what both are compared with where their histories share nothing.
        """
        return self._read(key, theirs, lambda r: merges.merge_trees(r, ours, theirs, forked_at=forked_at))

    def write_squash(
        self, key: str, ours: str, tree: bytes, *, message: str,
        author_name: str, author_email: str, date: datetime,
    ) -> str:  # fmt: skip
        """Write one commit on top of `ours` that holds the files of `tree`. No ref moves."""
        author = Person(author_name, author_email, date)
        return self._read(
            key, ours, lambda r: merges.write_squash(r, ours, tree, message=message, author=author)
        )

    # Pushes.

    def advertise_push(self, key: str) -> bytes:
        """What a push over SSH begins with."""
        return pushes.advertise(self.list_targets(key))

    def advertise_push_http(self, key: str) -> bytes:
        return pushes.advertise_http(self.list_targets(key))

    def receive_push(self, key: str, body: io.FileIO, rules: pushes.PushRules) -> pushes.PushResult:
        """Carry out the push in `body`, a file or a pipe, or refuse it. `moved` names commits, even for tags."""
        result = pushes.receive_push(self.path(key), body, rules)
        moved = (RefUpdate(u.ref, self._peeled(key, u.old), self._peeled(key, u.new)) for u in result.moved)
        if result.moved:
            self._compact_if_due(key)
        return pushes.PushResult(result.answer, tuple(moved))

    # Fetches.

    def find_unreachable(self, key: str, oids: Collection[str]) -> set[str]:
        """Those of `oids` that no ref leads to: they are nobody's to fetch."""
        tips = set(self.list_targets(key).values())
        beyond = {oid for oid in oids if oid not in tips}
        if not beyond:
            return beyond
        here = self._pool.call(
            self.path(key), lambda repository: {oid for oid in beyond if _holds(repository, oid)}
        )
        if here != beyond:  # no walk is needed to refuse the fetch
            return beyond - here
        with turn():
            return wants.find_unreachable(self.path(key), here)

    # Inside.

    def _read(self, key: str, oid: str, work: Callable[[Repository], T]) -> T:
        """`work` on the repository of `key`, where a missing object means that `oid` is missing."""
        try:
            return self._pool.call(self.path(key), work)
        except (KeyError, ValueError):
            raise RevisionNotFound(oid, "this repo") from None

    def _peeled(self, key: str, oid: str | None) -> str | None:
        return None if oid is None else self._find_commit(key, oid) or oid

    def _find_commit(self, key: str, oid: str) -> str | None:
        """The commit that an object id, maybe abbreviated, leads to."""
        commit = self._commits.find((key, oid))
        if commit is None:
            commit = self._pool.call(self.path(key), lambda repository: _peel(repository, oid))
            if commit is not None and is_commit_id(oid):
                self._commits.put((key, oid), commit)
        return commit

    def _write_object(self, key: str, kind: ObjectType, content: bytes) -> str:
        return self._pool.call(
            self.path(key), lambda repository: commits.write_object(repository, kind, content)
        )

    def _compact_if_due(self, key: str) -> None:
        """Start a compaction beside us when the packs have become many, one for each repo at a time."""
        if compaction.count_packs(self.path(key)) < compaction.PACKS_BEFORE_COMPACTION:
            return
        with self._compacting_lock:
            if key in self._compacting:
                return
            self._compacting.add(key)
        threading.Thread(
            target=self._compact_quietly, args=(key,), name=f"compact-{key}", daemon=True
        ).start()

    def _compact_quietly(self, key: str) -> None:
        try:
            self.compact(key)
        except HubError as error:
            log.warning("%s", error.message)
        finally:
            with self._compacting_lock:
                self._compacting.discard(key)


def _holds(repository: Repository, oid: str) -> bool:
    return is_commit_id(oid) and pygit2.Oid(hex=oid) in repository.odb


def _peel(repository: Repository, oid: str) -> str | None:
    try:
        return str(repository[oid].peel(pygit2.Commit).id)
    except (KeyError, ValueError, pygit2.InvalidSpecError):
        return None
