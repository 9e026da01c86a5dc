"""Turns at git's slow questions: blame, a file's history, differences, what a ref leads to.

Each is a process that uses a core, and a thread of the server waits for it: a crowd of them must not hold all threads.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from openhearth.errors import Busy

_AT_ONCE = 4
_PATIENCE_S = 10.0
_TURNS = threading.BoundedSemaphore(_AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Raises Busy if no turn comes within a few seconds."""
    if not _TURNS.acquire(timeout=_PATIENCE_S):
        raise Busy("Others keep git busy with long histories here; try again in a moment.")
    try:
        yield
    finally:
        _TURNS.release()
