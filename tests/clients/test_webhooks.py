"""Webhooks end to end: the stock client asks, the stock client's receiving side is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clients import run_program
from tests.support.running import RunningHub


@pytest.fixture
def trusting(tmp_path: Path) -> Iterator[RunningHub]:
    """A hub that may visit loopback, where the receiver is."""
    hub = (
        RunningHub(tmp_path / "data", environ={"OPENHEARTH_FETCH_ALLOW_PRIVATE": "1"}).start().invite_people()
    )
    yield hub
    hub.stop()


def test_the_stock_client_manages_webhooks_and_its_receiver_is_told_within_a_second(
    trusting: RunningHub, tmp_path: Path
) -> None:
    assert "heard 5" in run_program("webhooks", trusting, tmp_path / "home")
