"""The optional Whisper of many languages, on Spanish that a synthesiser of the machine speaks."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from openhearth.cli.starter.recipes import all_recipes, choose_recipes
from openhearth.pipelines import pipeline
from tests.support.starter import starter_folder


@pytest.mark.run
@pytest.mark.slow
def test_spanish_is_written_down_and_translated(tmp_path: Path) -> None:
    spanish = tmp_path / "spanish.wav"
    subprocess.run(
        ["espeak-ng", "-v", "es", "-s", "130", "-w", str(spanish), "Buenos días. Mañana vamos a la playa."],
        check=True,
    )
    listen = pipeline("transcribe", model=starter_folder("whisper-base"), device="cpu", threads=1)
    written = listen(spanish, return_timestamps=True, return_language=True, num_beams=1)
    assert "la playa" in written["text"]
    assert {chunk["language"] for chunk in written["chunks"]} == {"spanish"}
    assert "beach" in listen(spanish, generate_kwargs={"task": "translate"}, num_beams=1)["text"]


def test_what_is_optional_is_installed_only_by_name() -> None:
    assert "whisper-base" in [recipe.name for recipe in all_recipes()]
    assert "whisper-base" not in [recipe.name for recipe in choose_recipes([])]
    assert [recipe.name for recipe in choose_recipes(["whisper-base"])] == ["whisper-base"]
