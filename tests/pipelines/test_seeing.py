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

from openhearth.errors import Unsupported
from openhearth.pipelines import pipeline
from tests.pipelines import tiny_readers, tiny_seeing
from tests.pipelines.alike import assert_alike

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


@pytest.fixture(scope="module")
def talker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language model that is shown pictures."""
    return tiny_readers.make_seeing_chat(tmp_path_factory.mktemp("talker") / "model")


def test_a_conversation_about_a_picture_goes_on_as_transformers_goes_on(talker: Path) -> None:
    import transformers

    def settings() -> dict[str, Any]:
        said = [{"type": "image", "image": picture()}, {"type": "text", "text": "What is it?"}]
        return {
            "text": [{"role": "user", "content": said}], "return_full_text": False, "max_new_tokens": 6,
            "generate_kwargs": {"do_sample": False},
        }  # fmt: skip

    pipe = pipeline(model=talker, device="cpu")
    assert pipe.choice.task.name == "image-text-to-text"
    theirs = transformers.pipeline("image-text-to-text", model=str(talker), device="cpu")(**settings())
    assert pipe(**settings())[0]["generated_text"] == theirs[0]["generated_text"] != ""


def test_a_model_that_sees_describes_and_answers_when_it_is_asked_to(talker: Path) -> None:
    describe = pipeline("image-to-text", model=talker, device="cpu")
    assert describe.choice.way.how == "a prompt to a model that sees"
    (row,) = describe(picture(), max_new_tokens=4, do_sample=False)
    assert set(row) == {"generated_text"}
    (answer,) = pipeline("vqa", model=talker, device="cpu")(picture(), "What colour is it?")
    assert set(answer) == {"answer"}


def test_a_captioner_writes_as_its_own_generate_does(tmp_path: Path) -> None:
    import transformers

    folder = tiny_seeing.make_captioner(tmp_path / "model")
    pipe = pipeline(model=folder, device="cpu")
    assert (pipe.choice.task.name, pipe.choice.way.how) == ("image-to-text", "a captioner")
    model = transformers.AutoModelForImageTextToText.from_pretrained(folder).eval()
    processor = transformers.AutoProcessor.from_pretrained(folder)
    pixels = processor.image_processor(images=picture(), return_tensors="pt").pixel_values
    made = model.generate(pixel_values=pixels, max_new_tokens=5)
    expected = processor.decode(made[0], skip_special_tokens=True).strip()
    assert pipe(picture(), max_new_tokens=5) == [{"generated_text": expected}]
    assert len(pipe([picture(), picture(1)], max_new_tokens=2)) == 2
    (begun,) = pipe(picture(), prompt="total", max_new_tokens=2)
    assert begun["generated_text"].startswith("total")


def test_a_model_that_writes_answers_to_questions_about_pictures(tmp_path: Path) -> None:
    folder = tiny_seeing.make_asked_about_pictures(tmp_path / "model")
    pipe = pipeline(model=folder, device="cpu")
    assert pipe.choice.task.name == "visual-question-answering"
    (answer,) = pipe(picture(), "total number")
    assert isinstance(answer["answer"], str)


def test_masks_are_made_without_torchvision(tmp_path: Path) -> None:
    pipe = pipeline(model=tiny_seeing.make_masker(tmp_path / "model"), device="cpu")
    assert pipe.choice.task.name == "mask-generation"
    made = pipe(
        picture(),
        points_per_crop=4,
        pred_iou_thresh=-10.0,
        stability_score_thresh=0.0,
        output_bboxes_mask=True,
    )
    assert len(made["masks"]) == len(made["scores"]) == len(made["bounding_boxes"]) > 0
    assert made["masks"][0].shape == (48, 64) and made["masks"][0].dtype == bool


def test_of_masks_that_cover_each_other_the_surest_is_kept() -> None:
    import torch

    from openhearth.pipelines.mask_generation import keep_surest

    # Columns one after the other, two pixels each: outside, inside, outside.
    runs = [{"size": [2, 3], "counts": [skipped, 2, 4 - skipped]} for skipped in (0, 2, 0)]
    boxes = torch.tensor([[0, 0, 10, 10], [20, 0, 30, 10], [0, 0, 10, 9]])
    masks, scores, kept, places = keep_surest(runs, torch.tensor([0.5, 0.2, 0.9]), boxes, 0.7)
    assert scores.tolist() == pytest.approx([0.9, 0.2])
    assert places.tolist() == [[0, 0, 10, 9], [20, 0, 30, 10]]
    assert kept == [runs[2], runs[1]]
    assert masks[1].tolist() == [[False, True, False], [False, True, False]]
    assert len(keep_surest(runs, torch.tensor([0.5, 0.2, 0.9]), boxes, 0.95)[0]) == 3


def test_what_needs_torchvision_says_so(talker: Path) -> None:
    with pytest.raises(Unsupported, match="any-to-any with a model that sees needs torchvision"):
        pipeline("any-to-any", model=talker)
