"""Reading files and folders at a commit. Listings come in git's order, folders before what they hold.

A listing can go on after any path: each level is entered by binary search, so that paging through 100,000
files holds one page in memory. Submodules are left out: there is no file behind them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from openhearth.errors import EntryNotFound
from openhearth.kit.recent import Recent
from openhearth.storage.git.objects import tree_key
from openhearth.storage.git.pointers import POINTER_MAX_BYTES, parse_pointer
from openhearth.storage.git.records import MODE_FOLDER, MODE_SUBMODULE, MODE_SYMLINK, LfsPointer, TreeEntry
from openhearth.storage.git.repositories import Repository

_BLOB_FACTS = 100_000
_FOLDER_SUMS = 20_000


class BlobFacts(NamedTuple):
    """What a listing says of a blob; the same in every repo that holds it."""

    size_bytes: int
    lfs: LfsPointer | None


class TreeReader:
    def __init__(self) -> None:
        self._facts: Recent[str, BlobFacts] = Recent(_BLOB_FACTS)
        self._sums: Recent[str, int] = Recent(_FOLDER_SUMS)

    def find_entry(self, repository: Repository, commit: str, path: str) -> TreeEntry | None:
        """The entry at `path`, None if there is none."""
        found = _find(repository[commit].tree, path)
        return None if found is None else self._entry(repository, found, path)

    def list_tree(
        self,
        repository: Repository,
        commit: str,
        path: str,
        *,
        recursive: bool,
        after: str | None,
        limit: int | None,
    ) -> list[TreeEntry]:
        """Raises EntryNotFound if `path` is no folder."""
        root = repository[commit].tree
        if path:
            root = _find(root, path)
            if root is None:
                raise EntryNotFound(path, commit=commit)
            if root.filemode != MODE_FOLDER:
                raise EntryNotFound(
                    path, commit=commit, message=f"Entry not found: {path!r} is a file, not a folder."
                )
        prefix = f"{path}/" if path else ""
        position = after.removeprefix(prefix).split("/") if after else []
        entries: list[TreeEntry] = []
        for item, item_path in _walk(root, prefix, position, recursive=recursive):
            if limit is not None and len(entries) >= limit:
                break
            if (entry := self._entry(repository, item, item_path)) is not None:
                entries.append(entry)
        return entries

    def sum_sizes(self, repository: Repository, commit: str, path: str) -> int:
        """The bytes of all files below `path`, large ones with their own size. Raises EntryNotFound."""
        found = _find(repository[commit].tree, path) if path else repository[commit].tree
        if found is None:
            raise EntryNotFound(path, commit=commit)
        return (
            self._sum(repository, found)
            if path == "" or found.filemode == MODE_FOLDER
            else self._size(repository, found)
        )

    def _sum(self, repository: Repository, tree: Any) -> int:
        """Folders are remembered: after a commit only what it touched is read again. They nest at most 100 deep."""
        known = self._sums.find(str(tree.id))
        if known is not None:
            return known
        total = sum(
            self._sum(repository, item) if item.filemode == MODE_FOLDER else self._size(repository, item)
            for item in tree
        )
        self._sums.put(str(tree.id), total)
        return total

    def _size(self, repository: Repository, item: Any) -> int:
        entry = self._entry(repository, item, "")
        if entry is None:
            return 0
        return entry.lfs.size_bytes if entry.lfs else entry.size_bytes

    def _entry(self, repository: Repository, item: Any, path: str) -> TreeEntry | None:
        mode, oid = int(item.filemode), str(item.id)
        if mode == MODE_FOLDER:
            return TreeEntry(path, "directory", oid, 0, mode)
        if mode == MODE_SUBMODULE:
            return None
        facts = self._facts.find(oid)
        if facts is None:
            facts = _read_facts(repository, item.id)
            self._facts.put(oid, facts)
        return TreeEntry(
            path, "file", oid, facts.size_bytes, mode, facts.lfs if mode != MODE_SYMLINK else None
        )


def _find(tree: Any, path: str) -> Any:
    """The object at `path` in `tree`, None if there is none. libgit2 would stop reading at a NUL."""
    if "\0" in path or path.endswith("/"):
        return None
    try:
        return tree[path]
    except (KeyError, ValueError):
        return None


def _read_facts(repository: Repository, oid: Any) -> BlobFacts:
    _kind, size = repository.odb.read_header(oid)
    if size >= POINTER_MAX_BYTES:
        return BlobFacts(size, None)
    return BlobFacts(size, parse_pointer(repository.odb.read(oid)[1]))


def _walk(tree: Any, prefix: str, after: list[str], *, recursive: bool) -> Iterator[tuple[Any, str]]:
    """Entries of `tree` behind the position `after`, with their paths. Depth costs no stack."""
    stack = [(tree, prefix, *_enter(tree, after))]
    while stack:
        tree, prefix, index, inside = stack.pop()
        while index < len(tree):
            item = tree[index]
            path = prefix + item.raw_name.decode("utf-8", "replace")
            index += 1
            if inside is None:
                yield item, path
            if recursive and item.filemode == MODE_FOLDER:
                stack.append((tree, prefix, index, None))
                stack.append((item, f"{path}/", *_enter(item, inside or [])))
                break
            inside = None


def _enter(tree: Any, after: list[str]) -> tuple[int, list[str] | None]:
    """Where to begin in `tree` to be behind `after`, and what is left of it inside that first entry.

    An empty rest means that the entry itself was given already, but nothing it holds.
    """
    if not after:
        return 0, None
    name, rest = after[0].encode("utf-8", "replace"), after[1:]
    # The last part may name a file or a folder: both spellings are looked for.
    for mode in (MODE_FOLDER,) if rest else (MODE_FOLDER, 0):
        key = tree_key(name, mode)
        index = _bisect(tree, key)
        if index < len(tree) and _key_at(tree, index) == key:
            return (index, rest) if mode == MODE_FOLDER else (index + 1, None)
    return _bisect(tree, tree_key(name, 0)), None


def _bisect(tree: Any, key: bytes) -> int:
    low, high = 0, len(tree)
    while low < high:
        middle = (low + high) // 2
        if _key_at(tree, middle) < key:
            low = middle + 1
        else:
            high = middle
    return low


def _key_at(tree: Any, index: int) -> bytes:
    item = tree[index]
    return tree_key(item.raw_name, item.filemode)
