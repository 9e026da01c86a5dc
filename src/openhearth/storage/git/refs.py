"""Refs: reading them in git's own file format, and moving them by compare-and-swap.

Writers hold `flock` on one file of the repository. The kernel drops that lock when its holder dies, however
it dies, so nothing stale can ever block a later writer; git's own `*.lock` files cannot promise that. No git
process writes refs here (pushes are received by `pushes.py`), so one lock is enough. A ref is written to a
temporary file, synced, renamed and its folder synced: a reader sees the old commit or the new one. Formats:
gitrepository-layout(5).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from openhearth.errors import Conflict, Invalid
from openhearth.kit.names import check_ref_name, is_commit_id
from openhearth.storage.durable import sync_folder, write_synced
from openhearth.storage.git.records import RefMoved, RefUpdate

_LOCK = "openhearth.lock"
_TEMP = "openhearth.ref"


@lru_cache(4096)
def is_ref(ref: str) -> bool:
    """Whether `ref` is a full ref name that is safe to spell as a path."""
    if not ref.startswith("refs/"):
        return False
    try:
        check_ref_name(ref.removeprefix("refs/"))
    except Invalid:
        return False
    return True


def find_target(repository: Path, ref: str) -> str | None:
    """The object `ref` names, not peeled. `ref` must satisfy `is_ref`."""
    # Every request that names a branch comes through here: three system calls, half the time of `read_text`.
    try:
        descriptor = os.open(f"{repository}/{ref}", os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return _read_packed(repository).get(ref)
    try:
        text = os.read(descriptor, 64).decode("ascii", "replace").strip()
    except IsADirectoryError:
        return _read_packed(repository).get(ref)
    finally:
        os.close(descriptor)
    return text if is_commit_id(text) else None


def list_targets(repository: Path) -> dict[str, str]:
    """Every ref and the object it names, sorted by name, not peeled."""
    targets = _read_packed(repository)
    for path in _loose_files(repository / "refs"):
        ref = path.relative_to(repository).as_posix()
        if (target := find_target(repository, ref)) is not None:
            targets[ref] = target
    return dict(sorted(targets.items()))


def move_refs(repository: Path, updates: Sequence[RefUpdate], *, check: bool = True) -> None:
    """Move refs, all or none as far as they are where expected. Raises RefMoved, Conflict or Invalid.

    Without `check` the refs move wherever they are.
    """
    for update in updates:
        if not is_ref(update.ref):
            raise Invalid(f"ref: {update.ref!r} is no valid full ref name; spell it as refs/heads/name.")
    with _locked(repository):
        for update in updates:
            found = find_target(repository, update.ref)
            if check and found != update.old:
                raise RefMoved(
                    f"{update.ref} is at {found or 'nothing'}, not at {update.old or 'nothing'}; look again."
                )
            if update.new is not None and found is None:
                _refuse_nested(repository, update.ref)
        for update in updates:
            if update.new is None:
                _remove(repository, update.ref)
            else:
                _write(repository, update.ref, update.new)


@contextmanager
def _locked(repository: Path) -> Iterator[None]:
    descriptor = os.open(repository / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _refuse_nested(repository: Path, ref: str) -> None:
    """A ref is a file: `a` and `a/b` cannot both be refs."""
    taken = next(
        (r for r in list_targets(repository) if r.startswith(f"{ref}/") or ref.startswith(f"{r}/")), None
    )
    if taken is not None:
        raise Conflict(
            f"ref: {ref!r} cannot exist beside {taken!r}; choose another name or delete that one first."
        )


def _write(repository: Path, ref: str, target: str) -> None:
    path = repository / ref
    if path.is_dir():
        _prune_empty(path)
    missing = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync_folder(folder.parent)
    write_synced(path, f"{target}\n".encode(), temp=repository / _TEMP)


def _remove(repository: Path, ref: str) -> None:
    """The packed line first: were the file to go first, the old packed value would show through."""
    packed = _read_packed(repository)
    if packed.pop(ref, None) is not None:
        lines = ["# pack-refs with: sorted\n", *(f"{oid} {name}\n" for name, oid in sorted(packed.items()))]
        write_synced(repository / "packed-refs", "".join(lines).encode(), temp=repository / _TEMP)
    path = repository / ref
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)
    for folder in list(path.parents)[: ref.count("/") - 2]:
        try:
            folder.rmdir()
        except OSError:
            return


def _prune_empty(folder: Path) -> None:
    """Remove a folder that holds nothing but empty folders, left by refs that are gone."""
    for inner in folder.iterdir():
        _prune_empty(inner)
    folder.rmdir()


def _read_packed(repository: Path) -> dict[str, str]:
    try:
        text = (repository / "packed-refs").read_text()
    except FileNotFoundError:
        return {}
    lines = (line.split(" ", 1) for line in text.splitlines() if line[:1] not in ("#", "^", ""))
    return {ref: oid for oid, ref in lines}


def _loose_files(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:  # its last ref was deleted meanwhile
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _loose_files(Path(entry.path))
        elif not entry.name.endswith(".lock"):
            yield Path(entry.path)
