"""Slows down guessing: after a few failures each further attempt under the same key has to wait longer.

The key is a name and an address, so that a stranger who guesses elsewhere locks nobody out. Failures are
rows: all worker processes count together, and a restart forgives nothing.
"""

from datetime import timedelta
from math import ceil

from openhearth.accounts.errors import TooManyAttempts
from openhearth.accounts.queries import sessions as queries
from openhearth.accounts.secret_words import hash_secret
from openhearth.db import Database
from openhearth.kit.clock import Clock

FREE_ATTEMPTS = 5
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


class Throttle:
    def __init__(self, *, db: Database, clock: Clock, enabled: bool) -> None:
        self._db = db
        self._clock = clock
        self._enabled = enabled

    def check(self, *key: str) -> None:
        """Raises TooManyAttempts while the wait after the last failure under `key` is not over."""
        if not self._enabled:
            return
        with self._db.read() as rows:
            failures = queries.find_failures(rows, _hashed(key))
        if failures is None:
            return
        count, last_at = failures
        wait = last_at + wait_after(count) - self._clock()
        if wait > timedelta(0):
            raise TooManyAttempts(ceil(wait.total_seconds()))

    def failed(self, *key: str) -> None:
        """Count a failure under `key`. The first after a day of peace counts as one."""
        if not self._enabled:
            return
        now, hashed = self._clock(), _hashed(key)
        with self._db.write() as rows:
            queries.delete_failures_before(rows, now - FORGOTTEN_AFTER)
            failures = queries.find_failures(rows, hashed)
            queries.replace_failures(rows, hashed, count=(failures[0] if failures else 0) + 1, at=now)

    def succeeded(self, *key: str) -> None:
        if not self._enabled:
            return
        with self._db.read() as rows:
            failures = queries.find_failures(rows, _hashed(key))
        if failures is not None:
            with self._db.write() as rows:
                queries.delete_failures(rows, _hashed(key))


def wait_after(failures: int) -> timedelta:
    """The wait after so many failures: nothing at first, then 1, 2, 4, … seconds up to LONGEST_WAIT."""
    if failures < FREE_ATTEMPTS:
        return timedelta(0)
    exponent = min(failures - FREE_ATTEMPTS, 20)
    return min(timedelta(seconds=2**exponent), LONGEST_WAIT)


def _hashed(key: tuple[str, ...]) -> str:
    return hash_secret("\x00".join(part.lower() for part in key))
