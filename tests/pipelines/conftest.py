from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipelines import tiny_models


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny model for each task."""
    makers: dict[str, Callable[[Path], Path]] = {
        "text-generation": tiny_models.make_llama,
        "feature-extraction": tiny_models.make_encoder,
        "image-classification": tiny_models.make_image_classifier,
        "automatic-speech-recognition": tiny_models.make_speech_recogniser,
    }
    root = tmp_path_factory.mktemp("tiny")
    return {task: make(root / task) for task, make in makers.items()}


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notes of tests go into no person's book."""
    monkeypatch.setenv("OPENHEARTH_DATA", str(tmp_path / "own-data"))
