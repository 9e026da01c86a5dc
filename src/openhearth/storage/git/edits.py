"""A tree being changed in memory: folders are read when entered, and only touched ones are written again."""

from __future__ import annotations

from collections.abc import Callable

from openhearth.errors import EntryNotFound, Invalid
from openhearth.kit.names import check_path
from openhearth.storage.git.objects import RawEntry, encode_tree, object_id, parse_tree
from openhearth.storage.git.records import MODE_EXECUTABLE, MODE_FILE, MODE_FOLDER, MODE_SYMLINK

MAX_DEPTH = 100  # folders in folders; git itself has trouble with thousands
_FILE_MODES = frozenset({MODE_FILE, MODE_EXECUTABLE, MODE_SYMLINK})

ReadTree = Callable[[bytes], bytes]
AddTree = Callable[[bytes, bytes], None]


class TreeEdit:
    """The root of a commit under change. `read_tree` gives a tree's content by raw oid."""

    def __init__(self, root: bytes | None, read_tree: ReadTree) -> None:
        self._read_tree = read_tree
        self._root = _Folder(root, read_tree)

    def put(self, path: str, oid: bytes, mode: int | None) -> None:
        """Set a file. Raises Invalid where a folder or a file is in the way."""
        if mode is not None and mode not in _FILE_MODES:
            raise Invalid(f"mode: {mode:o} of {path!r} is no file mode of git; use 100644 or 100755.")
        folder, name = self._descend(path, make=True)
        assert folder is not None
        if folder.is_folder(name):
            raise Invalid(f"path: {path!r} is a folder; delete the folder first or choose another name.")
        before = folder.entry(name)
        if mode is None:
            mode = MODE_EXECUTABLE if before is not None and before.mode == MODE_EXECUTABLE else MODE_FILE
        folder.set(name, RawEntry(mode, oid))

    def delete_file(self, path: str) -> None:
        """A folder of that name goes as well (huggingface_hub sends both alike). Raises EntryNotFound for neither."""
        folder, name = self._descend(path, make=False)
        if folder is None or not (folder.is_file(name) or folder.is_folder(name)):
            raise EntryNotFound(path, message=f"A file with this name doesn't exist: {path!r}.")
        folder.remove(name)

    def delete_folder(self, path: str) -> None:
        """Raises EntryNotFound if there is no such folder."""
        folder, name = self._descend(path.rstrip("/"), make=False)
        if folder is None or not folder.is_folder(name):
            raise EntryNotFound(path, message=f"A folder with this name doesn't exist: {path!r}.")
        folder.remove(name)

    def write(self, add: AddTree) -> bytes:
        """Give every changed tree to `add(oid, content)`, the innermost first, and return the root's oid."""
        root = self._root.write(add)
        if root is not None:
            return root
        empty = object_id("tree", b"")
        add(empty, b"")
        return empty

    def _descend(self, path: str, *, make: bool) -> tuple[_Folder | None, bytes]:
        *folders, name = check_path(path).encode().split(b"/")
        if len(folders) > MAX_DEPTH:
            raise Invalid(
                f"path: {path[:80]!r}… lies {len(folders)} folders deep; at most {MAX_DEPTH} are allowed."
            )
        folder = self._root
        for part in folders:
            if not folder.is_folder(part):
                if not make:
                    return None, name
                if folder.is_file(part):
                    raise Invalid(
                        f"path: {path!r} lies below {part.decode()!r}, which is a file; delete that first."
                    )
            folder = folder.enter(part)
        return folder, name


class _Folder:
    """One folder: its entries, and those of its folders that were entered."""

    def __init__(self, oid: bytes | None, read_tree: ReadTree) -> None:
        self._oid = oid
        self._read_tree = read_tree
        self._entries = parse_tree(read_tree(oid)) if oid is not None else {}
        self._entered: dict[bytes, _Folder] = {}
        self._changed = oid is None

    def entry(self, name: bytes) -> RawEntry | None:
        return self._entries.get(name)

    def is_file(self, name: bytes) -> bool:
        entry = self._entries.get(name)
        return entry is not None and entry.mode != MODE_FOLDER

    def is_folder(self, name: bytes) -> bool:
        """Whether `name` is a folder that holds something; emptied folders are no more."""
        if (entered := self._entered.get(name)) is not None:
            return not entered.is_empty()
        entry = self._entries.get(name)
        return entry is not None and entry.mode == MODE_FOLDER

    def is_empty(self) -> bool:
        if any(not folder.is_empty() for folder in self._entered.values()):
            return False
        return all(name in self._entered for name in self._entries)

    def enter(self, name: bytes) -> _Folder:
        if name not in self._entered:
            entry = self._entries.get(name)
            self._entered[name] = _Folder(entry.oid if entry is not None else None, self._read_tree)
        return self._entered[name]

    def set(self, name: bytes, entry: RawEntry) -> None:
        self._entered.pop(name, None)
        if self._entries.get(name) != entry:
            self._entries[name] = entry
            self._changed = True

    def remove(self, name: bytes) -> None:
        self._entered.pop(name, None)
        self._entries.pop(name, None)
        self._changed = True

    def write(self, add: AddTree) -> bytes | None:
        """The oid of this folder's tree, None if nothing is left in it."""
        for name, folder in self._entered.items():
            oid = folder.write(add)
            before = self._entries.get(name)
            if oid is None:
                if before is not None:
                    del self._entries[name]
                    self._changed = True
            elif before is None or before.oid != oid:
                self._entries[name] = RawEntry(MODE_FOLDER, oid)
                self._changed = True
        if not self._entries:
            return None
        if not self._changed and self._oid is not None:
            return self._oid
        content = encode_tree(self._entries.items())
        oid = object_id("tree", content)
        add(oid, content)
        return oid
