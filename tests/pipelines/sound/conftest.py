"""The starter's ear, voice and writer, loaded once for all tests here."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from openhearth.pipelines import pipeline
from openhearth.pipelines.pipe import Pipe
from tests.support.starter import starter_folder


@pytest.fixture(scope="session")
def whisper() -> Pipe:
    starter_folder("silero-vad")  # what tells silence from speech
    return pipeline("transcribe", model=starter_folder("whisper-tiny.en"), device="cpu", threads=1)


@pytest.fixture(scope="session")
def voice() -> Pipe:
    return pipeline("text-to-speech", model=starter_folder("hibari-heart"), threads=1)


@pytest.fixture(scope="session")
def ear() -> Pipe:
    return pipeline("voice-activity-detection", model=starter_folder("silero-vad"), device="cpu", threads=1)


@pytest.fixture(scope="session")
def clips() -> dict[Path, str]:
    """LibriVox recordings, and what is said in each."""
    data = starter_folder("librivox-clips") / "data"
    with (data / "metadata.csv").open(newline="", encoding="utf-8") as stream:
        return {data / row["file_name"]: row["text"] for row in csv.DictReader(stream)}
