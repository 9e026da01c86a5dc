"""Actors looked up a moment ago, by the hash of their credential."""

from threading import Lock
from time import monotonic

from openhearth.access import Actor

REMEMBERED_S = 1.0
REMEMBERED_MOST = 10_000


class KnownActors:
    """Remembers for a second. Whoever changes an account calls `forget`: it counts at once here."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Actor]] = {}
        self._lock = Lock()
        self.generation = 0

    def find(self, key: str) -> Actor | None:
        found = self._known.get(key)
        return found[1] if found and found[0] > monotonic() else None

    def remember(self, key: str, actor: Actor, *, generation: int) -> None:
        """Keep `actor`, unless something changed since `generation`, when it was looked up."""
        with self._lock:
            if len(self._known) >= REMEMBERED_MOST:
                self._known.clear()
            if generation == self.generation:
                self._known[key] = (monotonic() + REMEMBERED_S, actor)

    def forget(self) -> None:
        with self._lock:
            self.generation += 1
            self._known.clear()
