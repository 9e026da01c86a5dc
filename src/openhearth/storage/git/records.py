"""The nouns of git storage. Paths are relative to the repo's root, dates are UTC, oids are lower-case hex."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from openhearth.errors import StaleParent

EntryType = Literal["file", "directory"]
ChangeStatus = Literal["added", "deleted", "modified", "renamed"]

MODE_FILE = 0o100644
MODE_EXECUTABLE = 0o100755
MODE_SYMLINK = 0o120000
MODE_FOLDER = 0o040000
MODE_SUBMODULE = 0o160000


class RefMoved(StaleParent):
    """A ref is not where the caller expected it. Nothing was written."""


@dataclass(frozen=True)
class LfsPointer:
    """What a pointer file says of the object it stands for; `pointer_size_bytes` is its own size."""

    sha256: str
    size_bytes: int
    pointer_size_bytes: int


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file or folder at a commit. `size_bytes` is that of the blob in git; 0 for folders."""

    path: str
    type: EntryType
    oid: str
    size_bytes: int
    mode: int
    lfs: LfsPointer | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    oid: str
    message: str
    title: str
    author_name: str
    author_email: str
    date: datetime
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutFile:
    """Write `content` at `path`. Without a mode, an executable stays one, all else becomes a plain file."""

    path: str
    content: bytes
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteFile:
    path: str


@dataclass(frozen=True, slots=True)
class DeleteFolder:
    path: str


@dataclass(frozen=True, slots=True)
class CopyFile:
    """Put the blob `oid`, which the repo holds already, at `path`."""

    path: str
    oid: str
    mode: int | None = None


Change = PutFile | DeleteFile | DeleteFolder | CopyFile


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """Move `ref` from `old` to `new`; None: it does not exist before, or after."""

    ref: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a hunk. `origin` is ' ', '+' or '-'; a number is None on the side that lacks the line."""

    origin: str
    text: str
    old_number: int | None
    new_number: int | None


@dataclass(frozen=True, slots=True)
class Hunk:
    header: str
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What a commit did to one file. `is_cut`: lines (or the whole text) were left out for size.

    `additions` and `deletions` count the lines compared, also those left out; 0 where the file was too large
    to compare.
    """

    path: str
    old_path: str | None
    status: ChangeStatus
    additions: int
    deletions: int
    is_binary: bool
    is_cut: bool
    hunks: tuple[Hunk, ...]
    old_oid: str | None
    new_oid: str | None
