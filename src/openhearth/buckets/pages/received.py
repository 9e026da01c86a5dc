"""Files received by a form become files of the chunk store, for browsers have no Xet client."""

import shutil

from starlette.datastructures import UploadFile

from openhearth.access import Actor
from openhearth.buckets.batch import Admit
from openhearth.buckets.records import AddFile, Bucket
from openhearth.kit.names import check_path
from openhearth.storage.xet import XetStore

_BLOCK_BYTES = 1 << 20


class ReceivedFiles:
    def __init__(self, *, xet: XetStore, admit: Admit) -> None:
        self._xet = xet
        self._admit = admit

    def keep(self, actor: Actor, bucket: Bucket, folder: str, file: UploadFile) -> AddFile:
        """Store a file; gives the operation that puts it into `folder`. Raises Invalid, TooLarge, QuotaExceeded."""
        path = _path_of(folder, file)
        temp = self._xet.new_incoming()
        try:
            file.file.seek(0)
            with temp.open("wb") as target:
                shutil.copyfileobj(file.file, target, _BLOCK_BYTES)
            xet_hash = self._xet.put_file(
                temp,
                repo_key=bucket.key,
                namespace=bucket.ref.namespace,
                is_public=not bucket.is_private,
                uploader=actor.user_id or "",
                admit=lambda size_bytes: self._admit(bucket.ref.namespace, size_bytes),
            )
        finally:
            temp.unlink(missing_ok=True)
        return AddFile(path, xet_hash)


def _path_of(folder: str, file: UploadFile) -> str:
    """Where a file goes. Browsers send folders with slashes, and some systems with backslashes."""
    name = (file.filename or "").replace("\\", "/").strip("/")
    return check_path(f"{folder}/{name}" if folder else name, field="files", in_git=False)
