"""Git storage: objects through libgit2 and packs of our own, refs by compare-and-swap, pushes without hooks.

Knows repos as opaque keys; knows no users and no HTTP. The rest of the hub imports from here only.
"""

from openhearth.storage.git.attributes import LfsRules
from openhearth.storage.git.blame import BLAME_MAX_BYTES, BlamedLines
from openhearth.storage.git.cli import git_command, git_environ
from openhearth.storage.git.lines import LineMap
from openhearth.storage.git.merges import MergedTree
from openhearth.storage.git.objects import blob_id
from openhearth.storage.git.pointers import POINTER_MAX_BYTES, parse_pointer, pointer_text
from openhearth.storage.git.pushes import PushContents, PushedFile, PushResult, PushRules
from openhearth.storage.git.records import (
    MODE_EXECUTABLE,
    MODE_FILE,
    Change,
    Commit,
    CopyFile,
    DeleteFile,
    DeleteFolder,
    DiffLine,
    FileDiff,
    Hunk,
    LfsPointer,
    PutFile,
    RefMoved,
    RefUpdate,
    TreeEntry,
)  # fmt: skip
from openhearth.storage.git.repositories import RepositoryGone
from openhearth.storage.git.signatures import Signature
from openhearth.storage.git.store import GitStore
from openhearth.storage.git.wants import WantReader, error_packet

__all__ = [
    "BLAME_MAX_BYTES",
    "MODE_EXECUTABLE",
    "MODE_FILE",
    "POINTER_MAX_BYTES",
    "BlamedLines",
    "Change",
    "Commit",
    "CopyFile",
    "DeleteFile",
    "DeleteFolder",
    "DiffLine",
    "FileDiff",
    "GitStore",
    "Hunk",
    "LfsPointer",
    "LfsRules",
    "LineMap",
    "MergedTree",
    "PushContents",
    "PushResult",
    "PushRules",
    "PushedFile",
    "PutFile",
    "RefMoved",
    "RefUpdate",
    "RepositoryGone",
    "Signature",
    "TreeEntry",
    "WantReader",
    "blob_id",
    "error_packet",
    "git_command",
    "git_environ",
    "parse_pointer",
    "pointer_text",
]  # fmt: skip
