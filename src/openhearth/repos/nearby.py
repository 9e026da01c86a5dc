"""Where the work of a hot route runs: in the event loop if its rows are in this process, else in a thread.

A hop to a thread and back costs more than a look-up in SQLite and a look at git's memory-mapped packs do, and
those never wait: readers of a WAL database take no locks. A database across a network would hold up the loop.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from openhearth.db import Database

P = ParamSpec("P")
T = TypeVar("T")


class Near:
    """Runs work that takes well under a millisecond unless it waits for rows."""

    def __init__(self, db: Database) -> None:
        self._at_once = db.is_sqlite

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._at_once:
            return work(*args, **kwargs)
        return await run_in_threadpool(work, *args, **kwargs)
