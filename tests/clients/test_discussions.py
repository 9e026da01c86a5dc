"""Discussions and pull requests by the official client, in its own process."""

from pathlib import Path

import pytest

from tests.support.clients import run_program
from tests.support.running import RunningHub


@pytest.mark.parametrize(("mode", "kind"), [("xet", "model"), ("lfs", "dataset")])
def test_two_people_talk_and_propose(running: RunningHub, tmp_path: Path, mode: str, kind: str) -> None:
    run_program(
        "discussions", running, tmp_path / "home", mode, kind, running.tokens["eve"], xet=mode == "xet"
    )
