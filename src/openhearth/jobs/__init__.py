"""Jobs: work that is kept in the database until it is done. See README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openhearth.jobs.queue import GiveUp, Queue, Retry, Work
from openhearth.jobs.records import Job

if TYPE_CHECKING:  # the command line lists jobs without a room
    from openhearth.wire.room import Ground, Room

__all__ = ["GiveUp", "Job", "Queue", "Retry", "Work", "build"]


def build(ground: Ground) -> Room:
    """The queue on `ground`; server processes work it while they run."""
    from openhearth.wire.room import Room

    queue = Queue(db=ground.db, clock=ground.clock)
    return Room(name="jobs", service=queue, on_start=[queue.start], on_stop=[queue.stop])
