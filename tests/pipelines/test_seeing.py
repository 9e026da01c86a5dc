"""Tasks of transformers about pictures: through our pipeline they give transformers' own answers.

The models are tiny and their weights are chance: what is shown is that files, keys, shapes and parameters fit.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openhearth.pipelines import pipeline
from tests.pipelines import tiny_seeing

WANTED = {"candidate_labels": ["iron", "a cat"]}


def picture(seed: int = 0, size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Coloured noise."""
    noise = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(noise)


def as_numbers(value: Any) -> Any:
    """Masks and tensors as arrays, so that answers compare."""
    if isinstance(value, Image.Image) or hasattr(value, "detach"):
        return np.asarray(value)
    if isinstance(value, dict):
        return {key: as_numbers(item) for key, item in value.items()}
    return [as_numbers(item) for item in value] if isinstance(value, list) else value


def assert_alike(ours: Any, theirs: Any) -> None:
    """Labels and places equal, numbers within a thousandth."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys()
        for key in theirs:
            assert_alike(ours[key], theirs[key])
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_alike(one, other)
    elif isinstance(theirs, float | np.ndarray):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)
    else:
        assert ours == theirs


@pytest.mark.parametrize(
    ("task", "make", "parameters"),
    [
        ("object-detection", tiny_seeing.make_detector, {"threshold": 0.3}),
        ("zero-shot-object-detection", tiny_seeing.make_word_detector, {**WANTED, "threshold": 0.01}),
        ("image-segmentation", tiny_seeing.make_segmenter, {}),
        ("image-segmentation", tiny_seeing.make_segmenter, {"subtask": "semantic"}),
        ("image-segmentation", tiny_seeing.make_instance_segmenter, {"threshold": 0.01, "mask_threshold": 0.1}),
        ("depth-estimation", tiny_seeing.make_depth_estimator, {}),
        ("keypoint-matching", tiny_seeing.make_matcher, {"threshold": 0.001}),
        ("zero-shot-image-classification", tiny_seeing.make_clip, {**WANTED, "hypothesis_template": "a {}"}),
        ("image-feature-extraction", tiny_seeing.make_encoder, {"pool": True}),
    ],
)  # fmt: skip
def test_answers_are_those_of_transformers(
    tmp_path: Path, task: str, make: Callable[[Path], Path], parameters: dict[str, Any]
) -> None:
    import transformers

    folder = make(tmp_path / "model")
    given: Any = [picture(1), picture(2)] if task == "keypoint-matching" else picture()
    theirs = as_numbers(transformers.pipeline(task, model=str(folder), device="cpu")(given, **parameters))
    assert theirs, "an empty answer compares nothing"
    pipe = pipeline(model=folder, device="cpu")
    assert pipe.choice.task.name == task
    assert_alike(as_numbers(pipe(given, **parameters)), theirs)
