"""What was read from the rows, remembered for as long as nobody has committed anything.

SQLite counts the commits of all connections of all processes (`PRAGMA data_version`), and asking it costs a
tenth of the plainest SELECT: so nothing remembered is ever older than the question. Postgres has no such
count, and everything is looked up.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from openhearth.db.engine import Database

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Unchanged(Generic[K, V]):
    """Safe for threads. Values must not be changed by whoever gets them."""

    def __init__(self, db: Database, capacity: int = 10_000) -> None:
        self._db = db
        self._capacity = capacity
        self._known: tuple[int | None, dict[K, V]] = (None, {})

    def find(self, key: K, look_up: Callable[[], V]) -> V:
        """What `look_up` gave for `key` since the last commit; it is called if nothing did."""
        # Asked before looking up: what is read after a later commit is newer than its number, never older.
        version = self._db.version()
        if version is None:
            return look_up()
        known_at, known = self._known
        if known_at != version:
            known = {}
            self._known = (version, known)
        try:
            return known[key]
        except KeyError:
            found = look_up()
        if len(known) >= self._capacity:
            known.clear()
        known[key] = found
        return found
