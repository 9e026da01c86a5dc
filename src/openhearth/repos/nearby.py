"""Where the work of a hot route runs: in the event loop if its rows are in this process, else in a thread.

A hop to a thread and back costs more than a look-up in SQLite and a look at git's memory-mapped packs do, and those
never wait: readers of a WAL database take no locks. A database across a network would hold up the loop.
"""

from collections.abc import Awaitable, Callable
from typing import ParamSpec, Protocol, TypeVar

from starlette.concurrency import run_in_threadpool

from openhearth.db import Database

P = ParamSpec("P")
T = TypeVar("T")


class Nearby(Protocol):
    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


async def _at_once(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return work(*args, **kwargs)


def nearby(db: Database) -> Nearby:
    """How to run work that takes well under a millisecond unless it waits for `db`."""
    return _at_once if db.is_sqlite else run_in_threadpool
