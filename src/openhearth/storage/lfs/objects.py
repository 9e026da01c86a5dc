"""ObjectStore: whole objects under `ab/cd/<sha256>`, received in `incoming/`, and their links to repos.

An object gets its final name only when all of it is on disk and its digest was computed from the very bytes
that were received; so a name here vouches for its content, and an upload that breaks off leaves nothing
behind but a temporary file, which is swept up a day later.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from openhearth.db import Database
from openhearth.errors import EntryNotFound, Invalid
from openhearth.kit.clock import Clock, utc_now
from openhearth.kit.ids import new_id
from openhearth.storage.durable import sync_file, sync_folder
from openhearth.storage.lfs import queries

_SHA256 = re.compile(r"[0-9a-f]{64}")
_UPLOAD_ID = re.compile(r"[0-9a-f]{24}")
_BLOCK_BYTES = 1 << 20
_LEFTOVER_AGE_S = 24 * 3600


@dataclass(frozen=True)
class Collected:
    """What a collection removed, or would remove."""

    count: int
    size_bytes: int


class ObjectStore:
    """Safe for threads and for several processes."""

    def __init__(self, root: Path, *, db: Database, clock: Clock = utc_now) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._db = db
        self._clock = clock

    # Objects.

    def path(self, sha256: str) -> Path:
        """Where the object lies, whether or not it exists. Raises Invalid if `sha256` is no digest."""
        check_sha256(sha256)
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def size(self, sha256: str) -> int:
        """Raises EntryNotFound if there is no such object."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            raise EntryNotFound(sha256, message=f"There is no object {sha256} here.") from None

    def free_bytes(self) -> int:
        return shutil.disk_usage(self._root).free

    def begin(self) -> Path:
        """A fresh path to receive an object at; the caller removes it unless it is adopted."""
        return self._incoming / new_id()

    def adopt(self, temp: Path, sha256: str, size_bytes: int) -> None:
        """Keep the file at `temp`, whose digest the caller computed while it came in. Durable on return.

        Raises Invalid if the file is not `size_bytes` long.
        """
        target = self.path(sha256)
        size = temp.stat().st_size
        if size != size_bytes:
            raise Invalid(f"size: {size} bytes arrived of the {size_bytes} announced; send the file again.")
        if target.exists():
            os.utime(target)  # a collection spares what was wanted lately
            temp.unlink()
            return
        sync_file(temp)
        for folder in (target.parent.parent, target.parent):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                sync_folder(folder.parent)
        temp.chmod(0o444)
        temp.replace(target)
        sync_folder(target.parent)

    def delete(self, sha256: str) -> None:
        """Remove the bytes. Does nothing if they are gone."""
        self.path(sha256).unlink(missing_ok=True)

    # Uploads in parts.

    def begin_parts(self) -> str:
        """The id of a new upload in parts."""
        upload_id = new_id()
        (self._incoming / upload_id).mkdir()
        return upload_id

    def begin_part(self, upload_id: str) -> Path:
        """A fresh path to receive a part at. Raises EntryNotFound if the upload is over."""
        return self._upload_folder(upload_id) / f"{new_id()}.tmp"

    def adopt_part(self, upload_id: str, number: int, temp: Path) -> None:
        """Keep part `number`, in place of an earlier attempt at it."""
        temp.replace(self._upload_folder(upload_id) / str(number))

    def assemble(self, upload_id: str, *, part_count: int, sha256: str, size_bytes: int) -> None:
        """Make an object of parts 1 to `part_count` and end the upload. Reads it all, for its digest.

        Raises Invalid if a part is missing or the whole is not what was announced; the parts stay for another
        try.
        """
        folder = self._upload_folder(upload_id)
        parts = [folder / str(number) for number in range(1, part_count + 1)]
        missing = [part.name for part in parts if not part.exists()]
        if missing:
            raise Invalid(
                f"parts: part {missing[0]} of {part_count} was not received; send it and complete again."
            )
        temp = self.begin()
        try:
            digest = _join(parts, temp)
            if digest != sha256:
                raise Invalid(f"oid: the parts together have sha256 {digest}, not {sha256}; send them again.")
            self.adopt(temp, sha256, size_bytes)
        finally:
            temp.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

    def _upload_folder(self, upload_id: str) -> Path:
        folder = self._incoming / upload_id
        if not _UPLOAD_ID.fullmatch(upload_id) or not folder.is_dir():
            raise EntryNotFound(upload_id, message="This upload is complete or has expired; begin it again.")
        return folder

    # Links.

    def link(self, repo_key: str, sha256: str, *, size_bytes: int, uploaded_by: str | None) -> None:
        """Let the repo hold the object. Does nothing if it does already."""
        check_sha256(sha256)
        with self._db.write() as rows:
            queries.add_link(
                rows, repo_key, sha256, size_bytes=size_bytes, uploaded_by=uploaded_by, at=self._clock()
            )

    def is_linked(self, repo_key: str, sha256: str) -> bool:
        return sha256 in self.linked(repo_key, [sha256])

    def linked(
        self, repo_key: str, sha256s: Collection[str], *, uploader: str | None = None
    ) -> dict[str, int]:
        """sha256 → size, for those of `sha256s` that the repo holds, or that `uploader` proposed."""
        if not sha256s:
            return {}
        with self._db.read() as rows:
            found = queries.list_proposed(rows, repo_key, sha256s, uploader) if uploader else {}
            return found | queries.list_sizes(rows, repo_key, sha256s)

    def propose(self, repo_key: str, sha256: str, *, size_bytes: int, uploaded_by: str) -> None:
        """Note that somebody brought the object for a change they propose: theirs alone until `accept`."""
        check_sha256(sha256)
        with self._db.write() as rows:
            queries.add_proposed(
                rows, repo_key, sha256, size_bytes=size_bytes, uploaded_by=uploaded_by, at=self._clock()
            )

    def accept(self, repo_key: str, sha256s: Collection[str], uploader: str) -> None:
        """Let the repo hold what `uploader` proposed of `sha256s`: a commit names it."""
        with self._db.read() as rows:
            proposed = queries.list_proposed(rows, repo_key, sha256s, uploader)
        for sha256, size_bytes in proposed.items():
            self.link(repo_key, sha256, size_bytes=size_bytes, uploaded_by=uploader)

    def sum_bytes(self, repo_keys: Collection[str]) -> int:
        """How much the repos hold together; what two of them share counts twice."""
        with self._db.read() as rows:
            return queries.sum_bytes(rows, repo_keys)

    def list_held_since(self, moment: datetime, limit: int) -> list[str]:
        """Objects that some repo holds, and that none has come to hold since `moment`."""
        with self._db.read() as rows:
            return queries.list_held_since(rows, moment, limit)

    def list_holders(self, sha256: str) -> list[str]:
        """The keys of the repos that hold the object."""
        with self._db.read() as rows:
            return queries.list_holders(rows, sha256)

    def unlink(self, repo_key: str, sha256: str) -> None:
        """Let the repo hold the object no more; a collection frees its bytes if no other repo does."""
        with self._db.write() as rows:
            queries.delete_link(rows, repo_key, sha256)

    def copy_links(self, source_key: str, target_key: str) -> None:
        """Let a new repo hold all that the source holds."""
        with self._db.write() as rows:
            queries.copy_links(rows, source_key, target_key, self._clock())

    def drop_repo(self, repo_key: str) -> None:
        with self._db.write() as rows:
            queries.delete_repo(rows, repo_key)

    # Care.

    def collect(self, *, unused_for: timedelta = timedelta(days=1), dry_run: bool = False) -> Collected:
        """Free the objects that no repo holds and nobody sent within `unused_for`, and old broken uploads."""
        oldest = time.time() - unused_for.total_seconds()
        count = size = 0
        for folder in self._object_folders():
            old = {path.name: path for path in folder.iterdir() if path.stat().st_mtime < oldest}
            with self._db.read() as rows:
                spared = queries.list_linked_anywhere(rows, old.keys())
            for name in old.keys() - spared:
                count += 1
                size += old[name].stat().st_size
                if not dry_run:
                    old[name].unlink(missing_ok=True)
        if not dry_run:
            self._sweep_incoming()
            with self._db.write() as rows:
                queries.delete_proposed_before(rows, self._clock() - unused_for)
        return Collected(count, size)

    def _object_folders(self) -> Iterator[Path]:
        return (folder for folder in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]") if folder.is_dir())

    def _sweep_incoming(self) -> None:
        oldest = time.time() - _LEFTOVER_AGE_S
        for path in self._incoming.iterdir():
            if path.stat().st_mtime >= oldest:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def check_sha256(text: str) -> str:
    """Return `text` if it is a sha256 in lower-case hex. Raises Invalid."""
    if not _SHA256.fullmatch(text):
        raise Invalid(f"oid: {text[:80]!r} is no sha256 in lower-case hex.")
    return text


def _join(parts: Sequence[Path], target: Path) -> str:
    """Write the parts one after another and return the sha256 of what was written."""
    digest = hashlib.sha256()
    with target.open("wb", buffering=0) as whole:
        for part in parts:
            with part.open("rb", buffering=0) as file:
                while block := file.read(_BLOCK_BYTES):
                    digest.update(block)
                    whole.write(block)
    return digest.hexdigest()
