"""The lines of a task's page, written from a folder alone: no model is loaded for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhearth.pipelines.model_folder import read_model_folder
from openhearth.pipelines.snippets import write_snippets
from openhearth.pipelines.tasks import TASKS
from openhearth.pipelines.ways import find_way


@pytest.mark.parametrize("task", TASKS)
def test_the_lines_of_every_task_are_written_for_every_model_that_does_it(
    tiny: dict[str, Path], task: str
) -> None:
    folders = [read_model_folder(path) for path in tiny.values()]
    for folder in folders:
        lines = write_snippets(TASKS[task], "forge/tiny", folder, address="http://hub.test/models/forge/tiny")
        assert lines is None or "forge/tiny" in lines.high
        assert lines is None or find_way(TASKS[task], folder) is not None
