"""One run of all scenarios, on a hub of its own: others' repos would show in the lists that scenarios look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compat.play import Played, play_all
from tests.support.running import RunningHub


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("compat")
    hub = RunningHub(folder / "data").start().invite_people()
    try:
        yield play_all(hub, folder / "homes")
    finally:
        hub.stop()
