from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from openhearth.config import load_settings
from openhearth.pipelines import pipeline
from tests.support.starter import starter_folder


@pytest.fixture(scope="session")
def faces() -> Path:
    """The folder of `starter/faces`."""
    return starter_folder("faces")


@pytest.fixture(scope="session")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos of two people, small enough to be looked at quickly."""
    folder = tmp_path_factory.mktemp("portraits")
    for file in (starter_folder("portraits") / "data").glob("*.jpg"):
        with Image.open(file) as photo:
            photo.thumbnail((700, 700))
            photo.save(folder / file.name, quality=92)
    return folder


@pytest.fixture(scope="session")
def looked_at(faces: Path, portraits: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an album that has seen the portraits, and knows nobody."""
    folder = tmp_path_factory.mktemp("looked-at")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENHEARTH_DATA", str(folder))
        assert len(pipeline("face-recognition", model=faces)(portraits)) == 6
    return folder / "album.db"


@pytest.fixture
def album(faces: Path, looked_at: Path) -> Any:
    """An album in which nobody is tagged."""
    own = load_settings().data / "album.db"
    own.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(looked_at, own)
    return pipeline("face-recognition", model=faces, threads=1)
