"""@huggingface/hub from npm, on Node."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.clients import PROGRAMS, client_environ, run
from tests.support.running import RunningHub


@pytest.fixture(scope="module")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client installed from the npm registry."""
    folder = tmp_path_factory.mktemp("node")
    shutil.copy(PROGRAMS.parent / "package.json", folder)
    run(["npm", "install", "--no-audit", "--no-fund", "--silent"], folder, dict(os.environ))
    return folder


@pytest.mark.slow
def test_the_javascript_client(running: RunningHub, node_folder: Path) -> None:
    shutil.copy(PROGRAMS / "javascript.mjs", node_folder)
    run(["node", "javascript.mjs"], node_folder, client_environ(running, node_folder))
