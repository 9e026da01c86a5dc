"""Checking what uploaders say: a file in the chunk store has the sha256 that its uploader claimed, or loses the claim.

The chunk store proves a file's own hash while it is uploaded; the sha256 beside it is the uploader's word (the Xet
protocol carries it as metadata). Until checked it counts in its own repo only. Work is spread out: the thread
rests as long as it worked.
"""

import logging
import threading
import time

from openhearth.events import RefUpdated
from openhearth.repos.large_files import LargeFiles
from openhearth.storage.xet import XetStore

BATCH = 20
LOOK_AGAIN_AFTER_S = 600.0
log = logging.getLogger(__name__)


class ClaimCheck:
    def __init__(self, *, xet: XetStore, large_files: LargeFiles) -> None:
        self._xet = xet
        self._large_files = large_files
        self._work = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def on_ref_updated(self, _event: RefUpdated) -> None:
        self._work.set()

    def check_some(self) -> int:
        """Check up to BATCH claims; how many there were."""
        claims = self._xet.list_unverified_claims(BATCH)
        for repo_key, sha256 in claims:
            if self._stopped.is_set():
                break
            began = time.monotonic()
            if not self._xet.verify_claim(repo_key, sha256):
                self._large_files.forget(repo_key, sha256)
                log.warning(
                    "a file of repo %s is not what its sha256 %s says: the claim was withdrawn",
                    repo_key,
                    sha256,
                )
            self._stopped.wait(time.monotonic() - began)
        return len(claims)

    def start(self) -> None:
        self._stopped.clear()
        self._work.set()
        self._thread = threading.Thread(target=self._run, name="claim-check", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._work.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._work.wait(LOOK_AGAIN_AFTER_S)
            self._work.clear()
            try:
                while not self._stopped.is_set() and self.check_some() == BATCH:
                    pass
            except Exception:  # a thread's border: one file that cannot be read now must not end the checking
                log.exception("claims could not be checked")
