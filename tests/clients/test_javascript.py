"""@huggingface/hub from npm, on Node."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.clients import PROGRAMS, client_environ, run
from tests.support.running import RunningHub


@pytest.mark.slow
def test_the_javascript_client(running: RunningHub, node_folder: Path) -> None:
    shutil.copy(PROGRAMS / "javascript.mjs", node_folder)
    run(["node", "javascript.mjs"], node_folder, client_environ(running, node_folder))
