"""The loaded models that engines work with."""

from __future__ import annotations

import importlib
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import feature_extraction
from tests.pipelines.tiny_models import make_encoder, png_bytes, wav_bytes


def load(tiny: dict[str, Path], task: str) -> Any:
    """What an engine loads for `task`."""
    module = importlib.import_module(f"openhearth.pipelines.{task.replace('-', '_')}")
    return module.load(tiny[task], threads=1)


def test_importing_the_library_imports_no_torch() -> None:
    code = "import openhearth.pipelines, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_vectors_are_those_of_sentence_transformers(tmp_path: Path) -> None:
    sentence_transformers = pytest.importorskip("sentence_transformers")
    for pooling in ("mean", "cls", "max"):
        folder = make_encoder(tmp_path / pooling, pooling=pooling)
        texts = ["Steel", "The furnace melts iron and the smith makes steel.", "鋼鉄"]
        ours = feature_extraction.load(folder, threads=1)(texts)
        theirs = sentence_transformers.SentenceTransformer(str(folder), device="cpu").encode(texts)
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_one_text_gives_one_vector_of_length_one(tiny: dict[str, Path]) -> None:
    embed = load(tiny, "feature-extraction")
    assert math.isclose(sum(x * x for x in embed("Steel")), 1.0, rel_tol=1e-5)
    assert not math.isclose(sum(x * x for x in embed("Steel", normalize=False)), 1.0, rel_tol=1e-3)


def test_labels_come_with_scores_that_sum_to_one(tiny: dict[str, Path], tmp_path: Path) -> None:
    classify = load(tiny, "image-classification")
    (tmp_path / "a.png").write_bytes(png_bytes())
    labels = classify(tmp_path / "a.png")
    assert math.isclose(sum(row["score"] for row in labels), 1.0, rel_tol=1e-5)
    assert labels == classify(png_bytes()) and len(classify(png_bytes(), top_k=2)) == 2
    in_company = classify([png_bytes(), png_bytes((0, 0, 255))])[0]
    # Kernels may add in another order for two pictures than for one: the last digits are not promised.
    assert [row["label"] for row in in_company] == [row["label"] for row in labels]
    assert [row["score"] for row in in_company] == pytest.approx([row["score"] for row in labels], abs=1e-5)


def test_what_is_no_picture_and_no_function_is_refused(tiny: dict[str, Path]) -> None:
    classify = load(tiny, "image-classification")
    with pytest.raises(Invalid, match="PNG, JPEG"):
        classify(b"not a picture")
    with pytest.raises(Invalid, match="softmax, sigmoid"):
        classify(png_bytes(), function_to_apply="square")


def test_a_sound_is_written_down_with_times_where_asked(tiny: dict[str, Path]) -> None:
    transcribe = load(tiny, "automatic-speech-recognition")
    assert transcribe(wav_bytes()).keys() == {"text"}
    timed = transcribe(wav_bytes(), return_timestamps="char")
    assert all(0 <= chunk["timestamp"][0] <= chunk["timestamp"][1] <= 1.1 for chunk in timed["chunks"])
    assert [row["text"] for row in transcribe([wav_bytes(), wav_bytes()])] == [
        transcribe(wav_bytes())["text"]
    ] * 2
    with pytest.raises(Invalid, match="return_timestamps"):
        transcribe(wav_bytes(), return_timestamps="paragraph")
    with pytest.raises(Invalid, match="WAV, MP3"):
        transcribe(b"not a sound")
