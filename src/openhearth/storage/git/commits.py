"""Writing commits: blobs, trees and the commit itself into one pack. No ref moves here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pygit2
from pygit2.enums import ObjectType as GitType

from openhearth.errors import Invalid, RevisionNotFound
from openhearth.storage.git.edits import TreeEdit
from openhearth.storage.git.objects import ObjectType, Person, encode_commit, object_id
from openhearth.storage.git.packs import PackWriter
from openhearth.storage.git.records import Change, CopyFile, DeleteFile, DeleteFolder, PutFile
from openhearth.storage.git.repositories import Repository
from openhearth.storage.git.rewrite import Rewriter

# Asking whether an object exists costs a look at the pack folder when it does not. A large change set is
# mostly new, and an object stored twice does no harm: the next compaction keeps one.
_LOOKUPS_PER_COMMIT = 500


def write_commit(
    repository: Repository, *, parent: str | None, changes: Sequence[Change], message: str, author: Person
) -> str:
    """The id of the commit that makes `changes`, in their order, on top of `parent`; durable on return."""
    base = tree_of(repository, parent) if parent is not None else None
    with _new_objects(repository) as objects:
        edit = TreeEdit(base, lambda oid: repository.odb.read(pygit2.Oid(raw=oid))[1])
        for change in changes:
            _apply(change, edit, objects)
        tree = edit.write(lambda oid, content: objects.add_known(oid, "tree", content))
        return objects.add("commit", encode_commit(tree, [parent] if parent else [], author, message)).hex()


def write_object(repository: Repository, kind: ObjectType, content: bytes) -> str:
    """The id of one object, durable on return."""
    with _new_objects(repository) as objects:
        return objects.add(kind, content).hex()


def tree_of(repository: Repository, commit: str) -> bytes:
    """The raw id of a commit's tree. Raises RevisionNotFound."""
    try:
        tree: bytes = repository[commit].peel(pygit2.Commit).tree_id.raw
    except (KeyError, ValueError, pygit2.InvalidSpecError):
        raise RevisionNotFound(commit, "this repo") from None
    return tree


def rewrite(
    repository: Repository, targets: Mapping[str, str], is_doomed: Callable[[bytes], bool]
) -> dict[str, str]:
    """What refs should name for history to be without the small files that `is_doomed` picks; durable on return."""
    with _new_objects(repository) as objects:
        return Rewriter(repository, is_doomed=is_doomed, add=objects.add).rewrite(targets)


@contextmanager
def _new_objects(repository: Repository) -> Iterator[_NewObjects]:
    """Objects that become part of the repo together when the block ends, and not at all if it raises."""
    pack = PackWriter(Path(repository.path) / "objects/pack")
    try:
        yield _NewObjects(repository, pack)
        pack.finish()
    except BaseException:
        pack.discard()
        raise


class _NewObjects:
    """The objects of one commit on their way into one pack; what the repo holds already is left out."""

    def __init__(self, repository: Repository, pack: PackWriter) -> None:
        self._odb = repository.odb
        self._pack = pack
        self._lookups = _LOOKUPS_PER_COMMIT

    def add(self, kind: ObjectType, content: bytes) -> bytes:
        oid = object_id(kind, content)
        self.add_known(oid, kind, content)
        return oid

    def add_known(self, oid: bytes, kind: ObjectType, content: bytes) -> None:
        if oid in self._pack:
            return
        if self._lookups > 0:
            self._lookups -= 1
            if pygit2.Oid(raw=oid) in self._odb:
                return
        self._pack.add(oid, kind, content)

    def get_blob(self, oid: str) -> bytes:
        """The raw id of a blob that the repo holds. Raises Invalid if it does not."""
        try:
            kind, _ = self._odb.read_header(pygit2.Oid(hex=oid))
        except (KeyError, ValueError):
            kind = None
        if kind != GitType.BLOB:
            raise Invalid(f"oid: {oid!r} is no file of this repo; copy from a file that exists.")
        return bytes.fromhex(oid)


def _apply(change: Change, edit: TreeEdit, objects: _NewObjects) -> None:
    match change:
        case PutFile(path, content, mode):
            edit.put(path, objects.add("blob", content), mode)
        case CopyFile(path, oid, mode):
            edit.put(path, objects.get_blob(oid), mode)
        case DeleteFile(path):
            edit.delete_file(path)
        case DeleteFolder(path):
            edit.delete_folder(path)
