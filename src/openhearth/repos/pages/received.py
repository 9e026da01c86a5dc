"""Files received by a form become operations of a commit: small text into git, the rest as large files.

Bodies lie on disk already (parts of a form beyond a megabyte are spooled there); none is held in memory.
"""

import hashlib
import os
from collections.abc import Sequence
from typing import BinaryIO

from starlette.datastructures import UploadFile

from openhearth.errors import TooLarge
from openhearth.kit.names import check_path
from openhearth.repos.pages.frame import OpenRepo
from openhearth.repos.records import AddFile, AddLargeFile, Operation, PlannedFile
from openhearth.repos.service import Repos
from openhearth.storage import Storage

SAMPLE_BYTES = 512
BLOCK_BYTES = 1 << 20


class ReceivedFiles:
    def __init__(self, *, repos: Repos, storage: Storage, limit_bytes: int) -> None:
        self._commits = repos.commits
        self._storage = storage
        self._limit_bytes = limit_bytes

    def operations(
        self, opened: OpenRepo, branch: str, folder: str, files: Sequence[UploadFile]
    ) -> list[Operation]:
        """What to commit for `files`; large ones are stored on return. Raises Invalid, TooLarge."""
        by_path = {_path_of(folder, file): file for file in files}
        planned = [_planned(path, file.file) for path, file in by_path.items()]
        too_large = next((plan for plan in planned if plan.size_bytes > self._limit_bytes), None)
        if too_large is not None:
            size, most = too_large.size_bytes, self._limit_bytes
            raise TooLarge(f"files: {too_large.path!r} has {size} bytes; at most {most} are allowed.")
        advice = self._commits.advise(opened.actor, opened.repo, branch, planned)
        modes = {item.path: item.mode for item in advice}
        return [
            self._keep_large(opened, path, file.file)
            if modes[path] == "lfs"
            else AddFile(path, _read(file.file))
            for path, file in by_path.items()
        ]

    def _keep_large(self, opened: OpenRepo, path: str, file: BinaryIO) -> AddLargeFile:
        """Store a file as an object that this repo holds."""
        objects = self._storage.lfs
        temp = objects.begin()
        try:
            digest, size = hashlib.sha256(), 0
            file.seek(0)
            with temp.open("wb", buffering=0) as target:
                while block := file.read(BLOCK_BYTES):
                    digest.update(block)
                    target.write(block)
                    size += len(block)
            objects.adopt(temp, digest.hexdigest(), size)
        finally:
            temp.unlink(missing_ok=True)
        objects.link(opened.repo.key, digest.hexdigest(), size_bytes=size, uploaded_by=opened.actor.user_id)
        return AddLargeFile(path, digest.hexdigest(), size)


def _path_of(folder: str, file: UploadFile) -> str:
    """Where a file goes. Browsers send folders with slashes, and some systems with backslashes."""
    name = (file.filename or "").replace("\\", "/").strip("/")
    return check_path(f"{folder}/{name}" if folder else name, field="files")


def _planned(path: str, file: BinaryIO) -> PlannedFile:
    file.seek(0)
    sample = file.read(SAMPLE_BYTES)
    return PlannedFile(path=path, size_bytes=file.seek(0, os.SEEK_END), sample=sample)


def _read(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()
