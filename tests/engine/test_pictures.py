"""Tasks about pictures, as an engine runs them: the shapes are those that huggingface_hub reads, and nothing is fetched."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import (
    DocumentQuestionAnsweringOutputElement,
    ImageSegmentationOutputElement,
    ObjectDetectionOutputElement,
    VisualQuestionAnsweringOutputElement,
    ZeroShotImageClassificationOutputElement,
)
from PIL import Image

from openhearth.engine.any_task import AnyTask, load_any_task
from openhearth.errors import Invalid, NotFound
from openhearth.protocol.engine import Run
from tests.pipelines import tiny_readers, tiny_seeing
from tests.pipelines.tiny_models import png_bytes
from tests.support.starter import starter_folder

PICTURE = base64.b64encode(png_bytes()).decode()
WORDS = [["Invoice", [10, 10, 100, 30]], ["number", [110, 10, 200, 30]], ["12", [210, 10, 250, 30]]]


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str, Callable[[Path], Path]], AnyTask]:
    def load(task: str, make: Callable[[Path], Path]) -> AnyTask:
        folder = make(tmp_path / task)
        return load_any_task(task, folder, name="forge/tiny", threads=1, device="cpu", dtype="float32")

    return load


def ask(task: AnyTask, inputs: Any = None, payload: bytes = b"", **parameters: Any) -> Any:
    given = task.decode(Run(request_id=1, inputs=inputs, payload=payload))
    (answer,) = task.compute([given], parameters)
    return answer


def test_things_are_found_and_masks_are_pictures(load: Any) -> None:
    found = ask(load("object-detection", tiny_seeing.make_detector), payload=png_bytes(), threshold=0.1)
    rows = ObjectDetectionOutputElement.parse_obj_as_list(found)
    assert rows and all(row.label in tiny_seeing.LABELS for row in rows)
    cut = ask(load("image-segmentation", tiny_seeing.make_segmenter), PICTURE)
    (first, *_) = ImageSegmentationOutputElement.parse_obj_as_list(cut)
    assert Image.open(io.BytesIO(base64.b64decode(str(first.mask)))).size == (48, 40)


def test_masks_of_everything_and_depths_come_as_pictures_too(load: Any) -> None:
    settings = {"points_per_crop": 3, "pred_iou_thresh": -10.0, "stability_score_thresh": 0.0}
    made = ask(load("mask-generation", tiny_seeing.make_masker), payload=png_bytes(), **settings)
    assert len(made["masks"]) == len(made["scores"]) > 0
    assert Image.open(io.BytesIO(base64.b64decode(made["masks"][0]))).size == (48, 40)
    far = ask(load("depth-estimation", tiny_seeing.make_depth_estimator), payload=png_bytes())
    assert Image.open(io.BytesIO(base64.b64decode(far["depth"]))).size == (48, 40)


def test_labels_of_ones_own_and_pairs_of_pictures(load: Any) -> None:
    sort = load("zero-shot-image-classification", tiny_seeing.make_clip)
    rows = ZeroShotImageClassificationOutputElement.parse_obj_as_list(
        ask(sort, PICTURE, candidate_labels=["iron", "a cat"])
    )
    assert {row.label for row in rows} == {"iron", "a cat"}
    match = load("keypoint-matching", tiny_seeing.make_matcher)
    other = base64.b64encode(png_bytes((10, 200, 90))).decode()
    assert isinstance(ask(match, [PICTURE, other]), list)
    for inputs in ([PICTURE], PICTURE, [PICTURE, 5], None):
        with pytest.raises(Invalid, match="send two pictures"):
            ask(match, inputs)


def test_a_page_is_asked_as_the_stock_client_asks(load: Any) -> None:
    task = load("document-question-answering", tiny_readers.make_page_reader)
    inputs = {"image": PICTURE, "question": "what number", "word_boxes": WORDS}
    (row,) = DocumentQuestionAnsweringOutputElement.parse_obj_as_list(ask(task, inputs))
    assert row.answer and 0 <= row.start <= row.end < len(WORDS)
    (again,) = ask(task, payload=png_bytes(), question="what number", word_boxes=WORDS)
    assert again["answer"] == row.answer


def test_a_model_that_sees_is_asked_by_a_picture_and_a_question(load: Any) -> None:
    task = load("image-text-to-text", tiny_readers.make_seeing_chat)
    greedy = {"max_new_tokens": 4, "generate_kwargs": {"do_sample": False}}
    (row,) = ask(
        task, payload=png_bytes(), text="What is it?", **{**greedy, "generate_kwargs": {"do_sample": False}}
    )
    assert set(row) == {"generated_text"} and isinstance(row["generated_text"], str)
    same = ask(
        task,
        {"image": PICTURE, "text": "What is it?"},
        max_new_tokens=4,
        generate_kwargs={"do_sample": False},
    )
    assert same == [row]
    with pytest.raises(Invalid, match=r"parameters\.text: is missing"):
        ask(task, payload=png_bytes())
    answers = ask(
        load("visual-question-answering", tiny_readers.make_seeing_chat),
        PICTURE,
        question="What?",
        image=PICTURE,
    )
    assert VisualQuestionAnsweringOutputElement.parse_obj_as_list(answers)[0].answer is not None


@pytest.mark.parametrize(
    "inputs",
    [
        {"images": "http://169.254.169.254/latest", "text": "What is it?"},
        {"image": PICTURE, "text": "What?", "images": "/etc/hostname"},
        {"image": "/etc/hostname", "text": "What?"},
        {"image": "http://127.0.0.1/a.png", "text": "What?"},
        [{"role": "user", "content": [{"type": "image", "url": "http://127.0.0.1/a.png"}]}],
    ],
)  # fmt: skip
def test_what_a_stranger_names_is_neither_opened_nor_fetched(load: Any, inputs: Any) -> None:
    with pytest.raises(Invalid, match="inputs"):
        ask(load("image-text-to-text", tiny_readers.make_seeing_chat), inputs, max_new_tokens=2)


@pytest.mark.run
def test_faces_are_found_and_people_compared_without_any_album() -> None:
    def open_task(task: str) -> AnyTask:
        folder = starter_folder("faces")
        return load_any_task(task, folder, name="starter/faces", threads=1, device="auto", dtype="auto")

    photo = (starter_folder("faces") / "examples" / "astronaut.jpg").read_bytes()
    (face,) = ObjectDetectionOutputElement.parse_obj_as_list(ask(open_task("face-detection"), payload=photo))
    assert (face.label, face.box.xmin > 100) == ("face", True)
    task = open_task("face-recognition")
    assert [row["label"] for row in ask(task, payload=photo)] == ["unknown"]
    shown = "data:image/jpeg;base64," + base64.b64encode(photo).decode()
    (row,) = ask(task, payload=photo, people={"Eileen": shown})
    assert row["label"] == "Eileen" and set(row) == {"label", "score", "box"}
    assert task.worker.names == {}
    with pytest.raises(NotFound, match="neither a link"):
        ask(
            task,
            payload=photo,
            people={"Eileen": str(starter_folder("faces") / "examples" / "astronaut.jpg")},
        )
