"""Receiving a push (gitprotocol-pack(5), "Pushing Data To a Server"), without git receive-pack and hooks.

The pack is indexed by git in a quarantine that only this push sees, inspected, and joins the repo's objects
when nothing speaks against it; refs move last, under the same lock as every other writer's. Doing this here
instead of in a hook process keeps one lock, one language and one place for the rules.
"""

from __future__ import annotations

import io
import secrets
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pygit2

from openhearth.errors import HubError, Invalid
from openhearth.kit.names import check_path, is_commit_id
from openhearth.storage.durable import sync_file, sync_folder
from openhearth.storage.git import refs
from openhearth.storage.git.cli import git_command, git_environ, run_git
from openhearth.storage.git.edits import MAX_DEPTH
from openhearth.storage.git.objects import parse_tree
from openhearth.storage.git.pktline import (
    BAND_REPORT,
    FLUSH,
    on_band,
    packet,
    progress,
    read_exactly,
    read_packets,
)
from openhearth.storage.git.pointers import POINTER_MAX_BYTES, parse_pointer
from openhearth.storage.git.records import LfsPointer, RefUpdate
from openhearth.storage.git.repositories import Repository

CAPABILITIES = "report-status delete-refs side-band-64k quiet ofs-delta object-format=sha1 agent=openhearth"
_ZERO = "0" * 40
_MAX_COMMANDS = 10_000
# Old repositories hold trees with a leading zero in their modes; git writes none since 2005 and reads them
# still.
_STRICT = "--strict=zeroPaddedFilemode=ignore"


@dataclass(frozen=True)
class PushedFile:
    """A blob that is new to the repo, under one of the paths it has."""

    path: str
    size_bytes: int
    lfs: LfsPointer | None = None


@dataclass
class PushContents:
    """What a push brings that rules may object to; `bad_names` are sentences."""

    large: list[PushedFile] = field(default_factory=list)
    pointers: list[PushedFile] = field(default_factory=list)
    bad_names: list[str] = field(default_factory=list)
    new_bytes: int = 0  # of blobs, unpacked


@dataclass(frozen=True)
class PushRequest:
    updates: tuple[RefUpdate, ...]
    capabilities: frozenset[str]

    @property
    def brings_pack(self) -> bool:
        """Deletions alone come without one; all else with one, which may be empty."""
        return any(update.new is not None for update in self.updates)


@dataclass(frozen=True)
class PushResult:
    """What to answer the client with, and the refs that moved."""

    answer: bytes
    moved: tuple[RefUpdate, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PushRules:
    """What the hub allows: each gives sentences for the person who pushes, none if all is well."""

    large_bytes: int
    check_updates: Callable[[Sequence[RefUpdate]], Sequence[str]]
    check_contents: Callable[[PushContents], Sequence[str]]
    # Asked for branches that would lose commits.
    check_forced: Callable[[str], str | None] = lambda _ref: None
    max_bytes: int = 50 << 30  # of the pack


def advertise(targets: Mapping[str, str]) -> bytes:
    """What git over SSH begins with: every ref, and what this hub can do."""
    lines = [f"{oid} {ref}" for ref, oid in targets.items()] or [f"{_ZERO} capabilities^{{}}"]
    lines[0] += f"\0{CAPABILITIES}"
    return b"".join(packet(f"{line}\n".encode()) for line in lines) + FLUSH


def advertise_http(targets: Mapping[str, str]) -> bytes:
    """The answer to `info/refs?service=git-receive-pack`."""
    return packet(b"# service=git-receive-pack\n") + FLUSH + advertise(targets)


def receive_push(repository: Path, body: io.FileIO, rules: PushRules) -> PushResult:
    """Carry out the push in `body`, or refuse all of it. Raises Invalid if it is no push at all.

    `body` is read no further than the push goes, so it may be a file or the end of a pipe.
    """
    request = read_request(body)
    if not request.updates:  # git asks with an empty request whether it may push
        return PushResult(b"")
    with Quarantine(repository) as quarantine:
        try:
            complaints = list(rules.check_updates(request.updates))
            # Whoever pushes through a pipe listens only after the last byte is sent.
            if request.brings_pack and not (complaints and body.seekable()):
                quarantine.receive(body, rules.max_bytes)
            if not complaints:
                complaints = list(_inspect(quarantine, request.updates, rules))
        except Invalid as error:
            return _refusal(request, [error.message], unpack="error")
        if complaints:
            return _refusal(request, complaints)
        quarantine.adopt()
    return _move(repository, request)


def read_request(body: io.FileIO) -> PushRequest:
    """The commands of a push; `body` is left where the pack begins."""
    updates: list[RefUpdate] = []
    capabilities: frozenset[str] = frozenset()
    for payload in read_packets(body):
        command, _, features = payload.partition(b"\0")
        if command.startswith(b"shallow "):
            continue  # from a shallow clone; what it lacks must be here, as `list_new_objects` finds out
        if not updates:
            capabilities = frozenset(features.decode("utf-8", "replace").split())
        updates.append(_read_command(command))
        if len(updates) > _MAX_COMMANDS:
            raise Invalid(f"push: moves more than {_MAX_COMMANDS} refs at once; push them in parts.")
    return PushRequest(tuple(updates), capabilities)


def _read_command(command: bytes) -> RefUpdate:
    try:
        old, new, ref = command.decode().rstrip("\n").split(" ", 2)
    except ValueError:
        raise Invalid(f"push: {command[:100]!r} is no ref update; use a git client.") from None
    if not (is_commit_id(old) and is_commit_id(new)):
        raise Invalid(f"push: {command[:100]!r} holds no SHA-1 object ids, the only kind this hub keeps.")
    return RefUpdate(ref, None if old == _ZERO else old, None if new == _ZERO else new)


class Quarantine:
    """New objects of one push, apart from the repo's own until they are adopted."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self.folder = repository / "objects" / f"tmp_push_{secrets.token_hex(8)}"
        self._environ = {
            "GIT_OBJECT_DIRECTORY": str(self.folder),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(repository / "objects"),
        }

    def __enter__(self) -> Quarantine:
        (self.folder / "pack").mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def receive(self, pack: io.FileIO, max_bytes: int) -> None:
        """Index the pack that `pack` is at. Raises Invalid with git's own complaint if it is broken."""
        header = read_exactly(pack, 12)
        if not header:
            return
        if len(header) < 12 or header[:4] != b"PACK":
            raise Invalid("push: what follows the refs is no pack; use a git client.")
        version, count = struct.unpack(">II", header[4:])
        if count == 0:  # the refs name commits that are here
            read_exactly(pack, 20)
            return
        done = run_git(
            self._repository, "index-pack", "--stdin", "--fix-thin", _STRICT,
            f"--pack_header={version},{count}", f"--max-input-size={max_bytes}",
            stdin=pack, environ=self._environ, timeout_s=3600,
        )  # fmt: skip
        if done.returncode != 0:
            complaint = done.stderr.decode("utf-8", "replace").strip()[-500:]
            raise Invalid(f"push: git refused the objects: {complaint}")

    def open(self) -> Repository:
        """The repo with the new objects in sight."""
        repository = pygit2.Repository(str(self._repository))
        repository.odb.add_disk_alternate(str(self.folder))
        return repository

    def list_new_objects(self, tips: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Ids and paths of what `tips` reach and no ref did before. Raises Invalid if anything is missing."""
        command = git_command(
            "--git-dir", str(self._repository), "rev-list", "--objects", "--stdin", "--not", "--all"
        )
        with subprocess.Popen(
            command, env=git_environ(self._environ),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write("".join(f"{tip}\n" for tip in tips).encode())
            process.stdin.close()
            for line in process.stdout:
                oid, _, path = line.rstrip(b"\n").partition(b" ")
                yield oid.decode(), path.decode("utf-8", "replace")
        if process.returncode != 0:
            raise Invalid(
                "push: some objects are missing; fetch all history (git fetch --unshallow) and push again."
            )

    def adopt(self) -> None:
        """Let the repo have the new objects, durably: each pack before its index."""
        target = self._repository / "objects/pack"
        found = sorted((self.folder / "pack").glob("pack-*"), key=lambda path: path.suffix == ".idx")
        for path in found:
            if path.suffix in (".pack", ".idx", ".rev"):
                sync_file(path)
                path.replace(target / path.name)
        if found:
            sync_folder(target)


def _inspect(quarantine: Quarantine, updates: Sequence[RefUpdate], rules: PushRules) -> Iterator[str]:
    """Sentences against the push."""
    tips = [update.new for update in updates if update.new is not None]
    if not tips:
        return
    repository = quarantine.open()
    for update in updates:
        if update.new is not None and (wrong := _wrong_target(repository, update)):
            yield wrong
            return
        if forced := _forced(repository, update, rules):
            yield forced
    contents = _read_contents(repository, quarantine.list_new_objects(tips), rules.large_bytes)
    yield from contents.bad_names
    yield from rules.check_contents(contents)


def _forced(repository: Repository, update: RefUpdate, rules: PushRules) -> str | None:
    """The sentence against a branch that loses commits, if there is one."""
    if update.old is None or update.new is None or not update.ref.startswith("refs/heads/"):
        return None
    complaint = rules.check_forced(update.ref)
    if complaint is None:
        return None
    try:
        keeps = update.old == update.new or repository.descendant_of(update.new, update.old)
    except (KeyError, ValueError, pygit2.GitError):
        keeps = False
    return None if keeps else complaint


def _wrong_target(repository: Repository, update: RefUpdate) -> str | None:
    try:
        target = repository[update.new]
    except KeyError:
        return f"{update.ref}: {update.new} was not sent and is not here; push again."
    if isinstance(target, pygit2.Commit):
        return None
    if update.ref.startswith("refs/heads/"):
        return f"{update.ref}: a branch must point to a commit."
    try:
        target.peel(pygit2.Commit)
    except (pygit2.GitError, ValueError):
        return f"{update.ref}: a tag must lead to a commit."
    return None


def _read_contents(
    repository: Repository, objects: Iterator[tuple[str, str]], large_bytes: int
) -> PushContents:
    contents = PushContents()
    checked: set[bytes] = set()
    for oid, path in objects:
        kind, size = repository.odb.read_header(oid)
        if kind == pygit2.enums.ObjectType.TREE:
            names = parse_tree(repository.odb.read(oid)[1]).keys() - checked
            contents.bad_names += _bad_names(names, path)
            checked |= names
        elif kind == pygit2.enums.ObjectType.BLOB:
            contents.new_bytes += size
            if size > large_bytes:
                contents.large.append(PushedFile(path, size))
            elif size < POINTER_MAX_BYTES and (pointer := parse_pointer(repository.odb.read(oid)[1])):
                contents.pointers.append(PushedFile(path, size, pointer))
    return contents


def _bad_names(names: set[bytes], folder: str) -> Iterator[str]:
    if folder.count("/") >= MAX_DEPTH:
        yield f"path: {folder[:80]!r}… lies too deep; at most {MAX_DEPTH} folders in one another are allowed."
    for name in names:
        try:
            check_path(name.decode())
        except UnicodeDecodeError:
            yield f"path: {name!r} in {folder or 'the root'!r} is not UTF-8; rename the file."
        except Invalid as error:
            yield error.message


def _move(repository: Path, request: PushRequest) -> PushResult:
    """Move each ref for itself: one that moved meanwhile does not hold up the others."""
    moved: list[RefUpdate] = []
    report = ["unpack ok"]
    for update in request.updates:
        try:
            refs.move_refs(repository, [update])
        except HubError as error:
            report.append(f"ng {update.ref} {error.message}")
        else:
            report.append(f"ok {update.ref}")
            moved.append(update)
    return PushResult(_answer(request, report), tuple(moved))


def _refusal(request: PushRequest, sentences: Sequence[str], *, unpack: str = "ok") -> PushResult:
    report = [f"unpack {unpack}", *(f"ng {update.ref} refused, see above" for update in request.updates)]
    return PushResult(_answer(request, report, sentences))


def _answer(request: PushRequest, report: Sequence[str], sentences: Sequence[str] = ()) -> bytes:
    status = b"".join(packet(f"{line}\n".encode()) for line in report) + FLUSH
    if "report-status" not in request.capabilities:
        status = b""
    if "side-band-64k" not in request.capabilities:
        return status
    return progress(sentences) + (on_band(BAND_REPORT, status) if status else b"") + FLUSH
