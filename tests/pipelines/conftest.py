from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.pipelines import tiny_models
from tests.pipelines.tiny_models import make_bert_for


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny model for each task."""
    makers: dict[str, Callable[[Path], Path]] = {
        "text-generation": tiny_models.make_llama,
        "feature-extraction": tiny_models.make_encoder,
        "image-classification": tiny_models.make_image_classifier,
        "automatic-speech-recognition": tiny_models.make_speech_recogniser,
        "text-classification": partial(
            make_bert_for, what="SequenceClassification", labels=["iron", "steel"]
        ),
        "zero-shot-classification": partial(
            make_bert_for, what="SequenceClassification", labels=["contradiction", "neutral", "entailment"]
        ),
        "token-classification": partial(
            make_bert_for, what="TokenClassification", labels=["O", "B-PER", "B-LOC"]
        ),
        "question-answering": partial(make_bert_for, what="QuestionAnswering", labels=["start", "end"]),
        "summarization": tiny_models.make_t5,
    }
    root = tmp_path_factory.mktemp("tiny")
    return {task: make(root / task) for task, make in makers.items()}


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notes of tests go into no person's book, and no Apertium of the machine is chosen unasked."""
    monkeypatch.setenv("OPENHEARTH_DATA", str(tmp_path / "own-data"))
    monkeypatch.setenv("APERTIUM_DATADIR", str(tmp_path / "no-pairs"))
