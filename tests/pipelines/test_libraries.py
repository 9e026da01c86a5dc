"""Models of libraries beside transformers: how their folders are told apart and listed, before anything is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhearth.errors import Unsupported
from openhearth.pipelines.libraries import library_of
from openhearth.pipelines.model_folder import read_model_folder
from openhearth.pipelines.shelf import list_shelf
from openhearth.pipelines.ways import Way


def _folder(path: Path, card: str, **files: bytes) -> Path:
    path.mkdir(parents=True)
    (path / "README.md").write_text(f"---\n{card}\n---\n\n# A model\n")
    for name, content in files.items():
        (path / name.replace("_", ".")).write_bytes(content)
    return path


def test_the_card_names_the_library(tmp_path: Path) -> None:
    voice = _folder(
        tmp_path / "voice", "library_name: hibari\npipeline_tag: text-to-speech", model_onnx=b"x" * 100
    )
    folder = read_model_folder(voice, name="starter/voice")
    assert (folder.library, folder.task, folder.parameters) == ("hibari", "text-to-speech", 0)
    assert folder.tensor_bytes >= 100


def test_a_file_shows_the_library_where_a_card_is_silent(tmp_path: Path) -> None:
    drawing = _folder(tmp_path / "drawing", "license: mit", model__index_json=b"{}")
    (drawing / "model_index.json").write_text("{}")
    assert library_of(drawing) == "diffusers"


def test_a_library_that_is_not_run_here_is_refused_with_the_remedy(tmp_path: Path) -> None:
    strange = _folder(tmp_path / "strange", "library_name: tensorflow")
    with pytest.raises(Unsupported, match="add library_name to its card"):
        read_model_folder(strange)


def test_a_way_is_asked_about_its_own_library_alone(tmp_path: Path) -> None:
    voice = read_model_folder(
        _folder(tmp_path / "voice", "library_name: hibari\npipeline_tag: text-to-speech")
    )
    speaks = Way(module="m", how="a voice", fits=lambda folder: folder.task == "text-to-speech")
    assert not speaks.works(voice)
    assert Way(module="m", how="a voice", fits=speaks.fits, library="hibari").works(voice)


def test_the_shelf_lists_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    card = "pipeline_tag: text-to-speech\nlibrary_name: hibari\nstarter_recipe: voice/{}"
    for version in (1, 2):
        _folder(tmp_path / "converted" / f"voice-{version}", card.format(version))
    _folder(tmp_path / "converted" / "clips-1", "pretty_name: Clips\nstarter_recipe: clips/1")
    snapshot = _folder(tmp_path / "hub/models--ada--voice/snapshots/0a", "library_name: hibari")
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs/main").write_text("0a")
    assert [(known.id, known.path.name) for known in list_shelf()] == [
        ("starter/voice", "voice-2"),
        ("ada/voice", "0a"),
    ]
