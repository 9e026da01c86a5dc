"""What can be run can be said on a card: the rooms that may not import each other name the same tasks and libraries."""

from __future__ import annotations

from openhearth.cards import LIBRARIES, TASK_NAMES
from openhearth.pipelines import libraries
from openhearth.pipelines.tasks import TASKS


def test_every_task_that_runs_is_a_task_of_cards() -> None:
    assert set(TASKS) <= TASK_NAMES


def test_every_library_that_runs_is_a_library_of_cards() -> None:
    assert set(libraries.LIBRARIES) <= LIBRARIES
