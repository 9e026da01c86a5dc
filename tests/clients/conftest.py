"""What several clients need: Node with its packages, installed once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.clients import PROGRAMS, run


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the JavaScript libraries installed from the npm registry."""
    folder = tmp_path_factory.mktemp("node")
    shutil.copy(PROGRAMS.parent / "package.json", folder)
    run(["npm", "install", "--no-audit", "--no-fund", "--silent"], folder, dict(os.environ))
    return folder
