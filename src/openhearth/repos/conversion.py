"""Large files that came whole, by git-lfs or a form, are cut into chunks some time later: equal parts of them are then
kept once, and clients, which copy by Xet hash alone (huggingface_hub hf_api.py `_duplicate_lfs_files`), can copy them.

An object is hashed once more before it is cut, so that what a disk has spoiled is not taken for what was sent. Its
whole copy goes a day after no repo holds it. Work is spread out: the thread rests as long as it worked.
"""

import hashlib
import logging
import time
from datetime import timedelta
from pathlib import Path

from openhearth.kit.clock import Clock
from openhearth.kit.recurring import Recurring
from openhearth.repos.catalogue import Catalogue
from openhearth.repos.records import Repo
from openhearth.storage import Storage

BATCH = 20
SETTLED_AFTER = timedelta(minutes=10)  # what is young may still be part of an upload
LOOK_AGAIN_AFTER_S = 600.0
FREE_AGAIN_AFTER_S = 6 * 3600.0
log = logging.getLogger(__name__)


class Conversion:
    def __init__(self, *, storage: Storage, catalogue: Catalogue, clock: Clock) -> None:
        self._lfs = storage.lfs
        self._xet = storage.xet
        self._catalogue = catalogue
        self._clock = clock
        self._freed_at = time.monotonic()
        self._work = Recurring(
            "conversion", self._convert_all, every_s=LOOK_AGAIN_AFTER_S, log=log,
            failed="whole objects could not be cut into chunks",
        )  # fmt: skip
        self._spoiled: set[str] = set()

    def convert_some(self) -> int:
        """Convert up to BATCH objects that have been held for a while; gives how many were looked at."""
        before = self._clock() - SETTLED_AFTER
        found = [
            sha
            for sha in self._lfs.list_held_since(before, BATCH + len(self._spoiled))
            if sha not in self._spoiled
        ]
        for sha256 in found[:BATCH]:
            if self._work.is_stopping:
                break
            began = time.monotonic()
            self._convert(sha256)
            self._work.rest(time.monotonic() - began)
        return len(found)

    def _convert(self, sha256: str) -> None:
        path = self._lfs.path(sha256)
        if not path.exists() or _sha256_of(path) != sha256:
            self._spoiled.add(sha256)
            log.error("object %s is missing or not what its name says: restore it from a backup", sha256)
            return
        source: str | None = None
        for key in self._lfs.list_holders(sha256):
            repo = self._catalogue.find_by_key(key)
            if repo is None:
                continue
            if source is None:
                self._put(repo, sha256)
            else:
                self._xet.copy_links(source, key, sha256s=[sha256])
            source = source or key
            if self._catalogue.find_by_key(key) is None:  # deleted meanwhile
                self._xet.drop_repo(key)
            self._lfs.unlink(key, sha256)

    def _put(self, repo: Repo, sha256: str) -> None:
        hash = self._xet.put_file(
            self._lfs.path(sha256),
            repo_key=repo.key,
            namespace=repo.ref.namespace,
            is_public=not repo.is_private,
            uploader="",
            sha256=sha256,
        )
        self._xet.link_files(repo.key, [hash])

    def start(self) -> None:
        self._work.start()

    def stop(self) -> None:
        self._work.stop()

    def _convert_all(self) -> None:
        while not self._work.is_stopping and self.convert_some() >= BATCH:
            pass
        if time.monotonic() - self._freed_at > FREE_AGAIN_AFTER_S:
            self._lfs.collect()
            self._freed_at = time.monotonic()


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
