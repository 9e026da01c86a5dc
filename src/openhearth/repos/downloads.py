"""Counting downloads without slowing them: counts gather in memory and reach the rows every few seconds.

The rule: a request that the stock client marks as part of a download, or that reads a file which every library
reads once to load the repo, counts; one for each client, repo and five minutes. `repos.downloads` is the sum of the
last 30 days (in UTC, today among them), `downloads_all_time` of all. A count lost in a crash is the price; nothing
but a number on a page depends on it.
"""

import logging
import threading
import time
from collections import Counter
from datetime import date, timedelta

from openhearth.db import Database
from openhearth.kit.clock import Clock
from openhearth.kit.recurring import Recurring
from openhearth.repos import download_queries as queries

FLUSH_EVERY_S = 5.0
COUNT_AGAIN_AFTER_S = 300.0
SEEN_MAX = 100_000
RECENT_DAYS = 30
log = logging.getLogger(__name__)

# Files that stand for a model being loaded: one of them is read exactly once by every library that loads it.
QUERY_FILES = frozenset(
    {"config.json", "adapter_config.json", "model_index.json", "config.yaml", "hyperparams.yaml", "meta.yaml",
     "params.json", "open_clip_config.json", "modules.json", "dataset_infos.json"}
)  # fmt: skip
# Formats that hold a whole model in one file.
QUERY_ENDINGS = (".gguf",)


def stands_for_loading(name: str) -> bool:
    """Whether reading the file `name` means that its repo is being loaded."""
    return name in QUERY_FILES or name.endswith(QUERY_ENDINGS)


class Downloads:
    def __init__(self, *, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._let_go_on: date | None = None
        self._counts: Counter[str] = Counter()
        self._seen: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()
        self._flushing = Recurring(
            "downloads",
            self.flush,
            every_s=FLUSH_EVERY_S,
            log=log,
            failed="download counts could not be written",
        )

    def count(self, repo_key: str, client: str) -> None:
        """Count once for each client within COUNT_AGAIN_AFTER_S: one download is many requests."""
        now = time.monotonic()
        with self._lock:
            if self._seen.get((repo_key, client), 0.0) > now:
                return
            if len(self._seen) >= SEEN_MAX:
                self._seen.clear()
            self._seen[repo_key, client] = now + COUNT_AGAIN_AFTER_S
            self._counts[repo_key] += 1

    def flush(self) -> None:
        """Add what gathered to the rows; once a day, let go what is older than the recent days."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        now = self._clock()
        if counts:
            with self._db.write() as rows:
                queries.add_downloads(rows, counts.items(), now)
        if self._let_go_on != now.date():
            with self._db.write() as rows:
                queries.let_go(rows, now.date() - timedelta(days=RECENT_DAYS - 1))
            self._let_go_on = now.date()

    def start(self) -> None:
        self._flushing.start()

    def stop(self) -> None:
        self._flushing.stop()
        self.flush()
