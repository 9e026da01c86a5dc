"""Work that comes back goes on after it failed, is woken before its time, and ends when it is told to."""

from __future__ import annotations

import logging
import threading

import pytest

from openhearth.kit.recurring import Recurring

log = logging.getLogger(__name__)


def test_work_that_fails_is_logged_and_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    turns, third = [0], threading.Event()

    def work() -> None:
        turns[0] += 1
        if turns[0] == 3:
            third.set()
        raise ValueError("not now")

    recurring = Recurring("turns", work, every_s=0.01, log=log, failed="a turn was lost")
    recurring.start()
    assert third.wait(10)
    recurring.stop()
    assert "a turn was lost" in caplog.text and "not now" in caplog.text
    assert recurring.is_stopping and not recurring.is_running
    assert "turns" not in {thread.name for thread in threading.enumerate()}


def test_work_is_woken_before_its_time_and_can_be_started_again() -> None:
    began, gone_on = threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        recurring.rest(60)
        gone_on.set()

    recurring = Recurring("rests", work, every_s=3600, log=log, failed="")
    for _ in range(2):
        recurring.start()
        assert recurring.is_running
        recurring.wake()
        assert began.wait(10) and not gone_on.is_set()
        recurring.stop()
        assert gone_on.is_set()
        began.clear()
        gone_on.clear()
