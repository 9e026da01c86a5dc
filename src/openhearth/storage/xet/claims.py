"""Whether the sha256 that uploaders claim is true: settled by hashing the content, before it can do harm.

A claim is believed in its own repo only. One that contradicts an earlier claim must prove itself at once, and
so must the earlier one: else whoever may open a pull request could decide what others get for a sha256.
"""

import hashlib
from collections.abc import Callable, Iterator

from openhearth.db import Database
from openhearth.errors import EntryNotFound, Invalid
from openhearth.storage.xet import queries
from openhearth.storage.xet.checks import CheckedFile

StreamFile = Callable[[bytes], Iterator[bytes]]
StreamChecked = Callable[[CheckedFile], Iterator[bytes]]


class Claims:
    def __init__(self, *, db: Database, stream: StreamFile, stream_checked: StreamChecked) -> None:
        """`stream` gives the content of a stored file, `stream_checked` of one that is being registered."""
        self._db = db
        self._stream = stream
        self._stream_checked = stream_checked

    def verify(self, repo_key: str, sha256: str) -> bool:
        """Hash the content; keep the claim as verified or drop it. Raises EntryNotFound if there is none."""
        with self._db.read() as connection:
            claim = queries.list_claims(connection, repo_key, [sha256]).get(sha256)
        if claim is None:
            raise EntryNotFound(sha256, message=f"sha256: nothing in this repo is claimed to be {sha256}.")
        is_true = claim.is_verified or _sha256_of(self._stream(claim.file_hash)) == sha256
        settle = queries.mark_claim_verified if is_true else queries.delete_claim
        with self._db.write() as connection:
            settle(connection, repo_key, sha256, claim.file_hash)
        return is_true

    def settle(
        self, repo_key: str, files: list[CheckedFile], *, all_of_them: bool = False
    ) -> dict[str, bytes]:
        """Settle contradictions between `files` and earlier claims of the repo, or `all_of_them` that are not verified.

        Gives sha256 → file hash for those whose content was hashed: the earlier file where both are true, so
        that what was linked stays linked. Raises Invalid for a file whose content is not what it claims.
        """
        with self._db.read() as connection:
            earlier = queries.list_claims(
                connection, repo_key, [file.sha256 for file in files if file.sha256]
            )
        settled: dict[str, bytes] = {}
        for file in files:
            claim = earlier.get(file.sha256 or "")
            if file.sha256 is None:
                continue
            contradicts = claim is not None and claim.file_hash != file.hash
            is_settled = claim is not None and claim.is_verified
            if not contradicts and (is_settled or not all_of_them):
                continue
            if (actual := _sha256_of(self._stream_checked(file))) != file.sha256:
                raise Invalid(
                    f"shard: a file's content has sha256 {actual}, not {file.sha256}; upload it again."
                )
            if claim is not None and contradicts and self.verify(repo_key, file.sha256):
                settled[file.sha256] = claim.file_hash
            else:
                settled[file.sha256] = file.hash
        return settled


def _sha256_of(blocks: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()
