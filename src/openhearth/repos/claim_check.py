"""Checking what uploaders say: a file in the chunk store has the sha256 that its uploader claimed, or loses the claim.

The chunk store proves a file's own hash while it is uploaded; the sha256 beside it is the uploader's word (the Xet
protocol carries it as metadata). Until checked it counts in its own repo only. Work is spread out: the thread
rests as long as it worked.
"""

import logging
import time

from openhearth.events import RefUpdated
from openhearth.kit.recurring import Recurring
from openhearth.repos.large_files import LargeFiles
from openhearth.storage.xet import XetStore

BATCH = 20
LOOK_AGAIN_AFTER_S = 600.0
log = logging.getLogger(__name__)


class ClaimCheck:
    def __init__(self, *, xet: XetStore, large_files: LargeFiles) -> None:
        self._xet = xet
        self._large_files = large_files
        self._work = Recurring(
            "claim-check",
            self._check_all,
            every_s=LOOK_AGAIN_AFTER_S,
            log=log,
            failed="claims could not be checked",
        )

    def on_ref_updated(self, _event: RefUpdated) -> None:
        self._work.wake()

    def check_some(self) -> int:
        """Check up to BATCH claims; how many there were."""
        claims = self._xet.list_unverified_claims(BATCH)
        for repo_key, sha256 in claims:
            if self._work.is_stopping:
                break
            began = time.monotonic()
            if not self._xet.verify_claim(repo_key, sha256):
                self._large_files.forget(repo_key, sha256)
                log.warning(
                    "a file of repo %s is not what its sha256 %s says: the claim was withdrawn",
                    repo_key,
                    sha256,
                )
            self._work.rest(time.monotonic() - began)
        return len(claims)

    def start(self) -> None:
        self._work.wake()
        self._work.start()

    def stop(self) -> None:
        self._work.stop()

    def _check_all(self) -> None:
        while not self._work.is_stopping and self.check_some() == BATCH:
            pass
