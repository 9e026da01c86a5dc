"""Git objects as bytes: ids, trees, commits and tags, in the format of git itself (gitformat-pack, git-fsck).

Pure: nothing here touches a disk.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from openhearth.storage.git.records import MODE_FOLDER

ObjectType = Literal["commit", "tree", "blob", "tag"]

_TREE_ENTRY = re.compile(rb"([0-7]+) ([^\0]+)\0(.{20})", re.DOTALL)
_UNSAFE_IN_NAME = str.maketrans("", "", "<>\n\r\0")


class RawEntry(NamedTuple):
    """One entry of a tree: `oid` is the raw 20 bytes."""

    mode: int
    oid: bytes


@dataclass(frozen=True)
class Person:
    """Who wrote or tagged something, and when."""

    name: str
    email: str
    date: datetime

    def line(self) -> bytes:
        """The signature line of git; what it cannot hold (angle brackets, line breaks) is left out."""
        name = self.name.translate(_UNSAFE_IN_NAME).strip(" .,:;\"'\\") or "unknown"
        email = self.email.translate(_UNSAFE_IN_NAME).replace(" ", "")
        seconds = max(0, int(self.date.timestamp()))
        return f"{name} <{email}> {seconds} +0000".encode("utf-8", "replace")


def object_id(kind: ObjectType, content: bytes) -> bytes:
    """The raw 20-byte id that git gives `content`."""
    # The id is dictated by git's object format; security does not rest on it.
    digest = hashlib.sha1(b"%s %d\0" % (kind.encode(), len(content)), usedforsecurity=False)
    digest.update(content)
    return digest.digest()


def blob_id(content: bytes) -> str:
    """The id of a file's content in git, in hex."""
    return object_id("blob", content).hex()


def parse_tree(content: bytes) -> dict[bytes, RawEntry]:
    """Names to entries, in the order of the tree."""
    return {name: RawEntry(int(mode, 8), oid) for mode, name, oid in _TREE_ENTRY.findall(content)}


def encode_tree(entries: Iterable[tuple[bytes, RawEntry]]) -> bytes:
    """A tree with its entries in git's order: folders sort as if their names ended in a slash."""
    ordered = sorted(entries, key=lambda item: tree_key(item[0], item[1].mode))
    return b"".join(b"%o %s\0%s" % (entry.mode, name, entry.oid) for name, entry in ordered)


def tree_key(name: bytes, mode: int) -> bytes:
    """What git sorts the entries of a tree by."""
    return name + b"/" if mode == MODE_FOLDER else name


def encode_commit(tree: bytes, parents: Iterable[str], person: Person, message: str) -> bytes:
    lines = [b"tree " + tree.hex().encode()]
    lines += [b"parent " + parent.encode() for parent in parents]
    lines += [b"author " + person.line(), b"committer " + person.line(), b"", clean_message(message)]
    return b"\n".join(lines)


def encode_tag(name: str, commit: str, person: Person, message: str) -> bytes:
    head = f"object {commit}\ntype commit\ntag {name}\n".encode()
    return head + b"tagger " + person.line() + b"\n\n" + clean_message(message)


def clean_message(message: str) -> bytes:
    """A message as git stores it: UTF-8, no NUL, one line break at the end."""
    text = message.replace("\0", "").replace("\r\n", "\n").rstrip()
    return text.encode("utf-8", "replace") + b"\n"
