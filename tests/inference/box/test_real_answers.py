"""What real pipelines answer is drawn: tiny models with weights by chance, so shapes are shown here and not truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from openhearth.engine.any_task import AnyTask, load_any_task
from openhearth.engine.batching import TaskLoop
from openhearth.inference.box.asking import Answer, to_call
from openhearth.inference.box.declared import get_box
from openhearth.inference.box.drawings import draw
from openhearth.inference.box.drawings.records import Plain
from openhearth.inference.box.given import Given, Try, understand
from openhearth.inference.box.samples import open_sample
from openhearth.inference.task_shapes import to_run
from openhearth.protocol.engine import Failed, Message, Result
from openhearth.web import Web
from tests.inference.box.conftest import html_of_drawing
from tests.pipelines import tiny_drawers, tiny_models, tiny_readers, tiny_seeing

CASES: list[tuple[str, Callable[[Path], Path], dict[str, str], str]] = [
    ("object-detection", tiny_seeing.make_detector, {"threshold": "0.05"}, "draw-over__line"),
    ("zero-shot-object-detection", tiny_seeing.make_word_detector, {"threshold": "0.01"}, "draw-over"),
    ("image-segmentation", tiny_seeing.make_segmenter, {}, "draw-over__mask"),
    ("depth-estimation", tiny_seeing.make_depth_estimator, {}, "depth.png"),
    ("keypoint-matching", tiny_seeing.make_matcher, {}, "in both"),
    ("zero-shot-image-classification", tiny_seeing.make_clip, {}, "a cup of coffee"),
    ("image-feature-extraction", tiny_seeing.make_encoder, {"pool": "true"}, "32 numbers"),
    ("video-classification", tiny_seeing.make_watcher, {"top_k": "2"}, "slag"),
    ("image-text-to-text", tiny_readers.make_seeing_chat, {"max_new_tokens": "4"}, "try__text"),
    ("table-question-answering", tiny_models.make_tapas, {}, "<td"),
    ("text-to-image", tiny_drawers.make_drawer, {"num_inference_steps": "1", "width": "32", "height": "32"}, "<img"),
]  # fmt: skip


def answer_of(task: AnyTask, given: Given) -> Answer:
    """What an engine would answer to `given`, as it comes over its socket."""
    said: list[Message] = []
    loop = TaskLoop(task, said.append)
    call, payload = to_call(given)
    loop.add(to_run(given.box.task, call, payload))
    loop.step()
    (message,) = said
    assert isinstance(message, Result), message.message if isinstance(message, Failed) else message
    if isinstance(message.output, dict) and message.output.get("content_type"):
        return Answer(content=message.payload, content_type=message.output["content_type"])
    return Answer(value=json.loads(json.dumps(message.output)))


@pytest.mark.parametrize(("name", "make", "values", "says"), CASES, ids=[case[0] for case in CASES])
def test_our_own_example_is_answered_and_drawn(
    web: Web, tmp_path: Path, name: str, make: Callable[[Path], Path], values: dict[str, str], says: str
) -> None:
    box = get_box(name)
    tried = Try(box=box, values={**box.example, **values})
    given = understand(
        tried, open_file=lambda file: open_sample(file, tmp_path, href_of=str), allow_private=False
    )
    task = load_any_task(
        name, make(tmp_path / "model"), name="forge/tiny", threads=1, device="cpu", dtype="float32"
    )
    drawing = draw(given, answer_of(task, given))
    assert not isinstance(drawing, Plain) and says in html_of_drawing(web, drawing)
