"""What the stock client asks of the hub as a whole."""

from pathlib import Path

from tests.support.clients import run_program
from tests.support.running import RunningHub


def test_lists_take_every_argument_and_papers_tags_and_tasks_answer(
    running: RunningHub, tmp_path: Path
) -> None:
    run_program("hub_wide", running, tmp_path / "home", "one")
