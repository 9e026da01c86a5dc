"""On a GPU the answers are those of the processor. Runs where there is one.

Sums are taken in another order there, so numbers are compared a little less closely than elsewhere.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openhearth.pipelines import pipeline
from tests.pipelines import tiny_drawers, tiny_models, tiny_seeing, tiny_sounds
from tests.pipelines.alike import assert_alike
from tests.pipelines.test_parity import JUDGE, TEXTS, TINY, TONE, Row
from tests.pipelines.tiny_models import png_bytes, wav_bytes
from tests.support.starter import starter_folder

if not Path("/dev/nvidia0").exists():
    pytest.skip("this machine has no NVIDIA GPU", allow_module_level=True)

THINGS = {"candidate_labels": ["furnace", "cat"]}
LOST: list[Row] = [
    Row("summarization", tiny_models.make_t5, TEXTS[1]),
    Row("translation_en_to_fr", tiny_models.make_t5, TEXTS[1]),
    Row("text2text-generation", tiny_models.make_t5, TEXTS[0]),
    Row("sentence-similarity", tiny_models.make_encoder, {"source_sentence": TEXTS[0], "sentences": TEXTS}),
    Row("text-ranking", tiny_models.make_encoder, {"query": TEXTS[0], "texts": TEXTS}),
    Row("zero-shot-classification", tiny_models.make_encoder, TEXTS[0], {"candidate_labels": ["metal", "sport"]}),
    Row("object-detection", tiny_seeing.make_detector, png_bytes(), {"threshold": 0.0}),
    Row("zero-shot-object-detection", tiny_seeing.make_word_detector, png_bytes(), {**THINGS, "threshold": 0.0}),
    Row("image-segmentation", tiny_seeing.make_segmenter, png_bytes()),
    Row("depth-estimation", tiny_seeing.make_depth_estimator, png_bytes()),
    Row("zero-shot-image-classification", tiny_seeing.make_clip, png_bytes(), THINGS),
    Row("image-to-text", tiny_seeing.make_captioner, png_bytes()),
    Row("audio-classification", tiny_sounds.make_wav2vec2_classifier, wav_bytes()),
    Row("zero-shot-audio-classification", tiny_sounds.make_clap, TONE, THINGS),
]  # fmt: skip


@pytest.mark.parametrize("row", [*TINY, *LOST], ids=str)
def test_answers_on_a_gpu_are_those_of_the_processor(row: Row, tmp_path: Path) -> None:
    import torch

    assert callable(row.model)
    folder = row.model(tmp_path / "model")
    answers: list[Any] = []
    for device in ("cpu", "cuda"):
        torch.manual_seed(0)
        before = torch.cuda.memory_allocated()
        pipe = pipeline(row.task, folder, device=device)
        assert (torch.cuda.memory_allocated() > before) == (device == "cuda")
        answers.append(pipe(row.inputs, **deepcopy(row.parameters)))
    assert_alike(answers[1], answers[0], within=5e-3)


@pytest.mark.parametrize("device", [0, "cuda:0", "auto", None])
def test_a_gpu_is_named_as_transformers_names_it_and_taken_unasked(device: Any, tmp_path: Path) -> None:
    pipe = pipeline("text-classification", JUDGE(tmp_path / "model"), device=device)
    assert pipe.device.type == "cuda"
    assert pipe(TEXTS[0])[0]["label"] in ("iron", "steel")


@pytest.mark.run
def test_a_starter_model_finds_the_same_on_a_gpu() -> None:
    folder = starter_folder("rampart-pii")
    found = [
        pipeline("token-classification", folder, device=device)(TEXTS, aggregation_strategy="simple")
        for device in ("cpu", "cuda")
    ]
    assert any(name["entity_group"] == "PHONE" for name in found[0][1])
    assert_alike(found[1], found[0], within=5e-3)


def test_a_picture_is_drawn_alike_on_a_gpu(tmp_path: Path) -> None:
    folder = tiny_drawers.make_drawer(tmp_path / "model")
    size: dict[str, Any] = {"width": tiny_drawers.SIDE, "height": tiny_drawers.SIDE}
    drawn = [
        pipeline("text-to-image", folder, device=device)("steel", num_inference_steps=2, seed=7, **size)
        for device in ("cpu", "cuda")
    ]
    difference = np.asarray(drawn[0], np.int16) - np.asarray(drawn[1], np.int16)
    assert np.abs(difference).max() <= 2
