"""Tasks without a loop of their own, as an engine runs them: the shapes are those that huggingface_hub reads."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import (
    QuestionAnsweringOutputElement,
    SummarizationOutput,
    TextClassificationOutputElement,
    TokenClassificationOutputElement,
    TranslationOutput,
    ZeroShotClassificationOutputElement,
)
from PIL import Image

from openhearth.engine.any_task import AnyTask, load_any_task
from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.media import Film, film_file
from openhearth.pipelines.tasks import TASKS
from openhearth.protocol.engine import Run
from tests.pipelines import tiny_readers, tiny_seeing
from tests.pipelines.tiny_models import png_bytes

TEXT = "The furnace melts iron. Ada makes steel of it."


def load(tiny: dict[str, Path], task: str, model: str | None = None) -> AnyTask:
    return load_any_task(
        task, tiny[model or task], name="forge/tiny", threads=1, device="cpu", dtype="float32"
    )


def load_at(folder: Path, task: str) -> AnyTask:
    return load_any_task(task, folder, name="forge/tiny", threads=1, device="cpu", dtype="float32")


def test_a_device_may_be_left_to_the_machine(tiny: dict[str, Path]) -> None:
    """Engines are told "auto" unless somebody says otherwise."""
    task = load_any_task(
        "text-classification",
        tiny["text-classification"],
        name="forge/tiny",
        threads=1,
        device="auto",
        dtype="float32",
    )
    assert ask(task, "Iron is hot.")


def ask(task: AnyTask, inputs: Any = None, payload: bytes = b"", **parameters: Any) -> Any:
    given = task.decode(Run(request_id=1, inputs=inputs, payload=payload))
    (answer,) = task.compute([given], parameters)
    return answer


def test_a_text_is_classified(tiny: dict[str, Path]) -> None:
    (rows,) = ask(load(tiny, "text-classification"), TEXT)
    found = TextClassificationOutputElement.parse_obj_as_list(rows)
    assert {row.label for row in found} == {"iron", "steel"}
    assert sum(row.score for row in found) == pytest.approx(1, abs=1e-5)


def test_names_are_grouped_and_placed(tiny: dict[str, Path]) -> None:
    found = TokenClassificationOutputElement.parse_obj_as_list(ask(load(tiny, "token-classification"), TEXT))
    assert all(row.entity_group in ("PER", "LOC") and 0 <= row.start < row.end <= len(TEXT) for row in found)


def test_an_answer_is_a_passage_of_the_callers_text(tiny: dict[str, Path]) -> None:
    task = load(tiny, "question-answering")
    answer = ask(task, {"question": "Who makes steel?", "context": TEXT})
    found = QuestionAnsweringOutputElement.parse_obj_as_instance(answer)
    assert found.answer == TEXT[found.start : found.end] != ""
    several = ask(task, {"question": "Who makes steel?", "context": TEXT}, top_k=3)
    assert len(several) == 3 and several[0]["score"] >= several[1]["score"]


def test_own_labels_share_one(tiny: dict[str, Path]) -> None:
    for model in ("zero-shot-classification", "feature-extraction"):
        answer = ask(load(tiny, "zero-shot-classification", model), TEXT, candidate_labels=["metal", "sport"])
        found = [
            ZeroShotClassificationOutputElement(label=label, score=score)
            for label, score in zip(answer["labels"], answer["scores"], strict=True)
        ]
        assert {row.label for row in found} == {"metal", "sport"}
        assert sum(row.score for row in found) == pytest.approx(1, abs=1e-4)


def test_summaries_and_translations_have_their_old_shapes(tiny: dict[str, Path]) -> None:
    summary = SummarizationOutput.parse_obj_as_list(ask(load(tiny, "summarization"), TEXT, max_length=8))
    assert isinstance(summary[0].summary_text, str)
    # Of the text's own sentences: by an embedder, or where no model is here.
    for task in (load(tiny, "summarization", "feature-extraction"), load_at(Path(), "summarization")):
        own = SummarizationOutput.parse_obj_as_list(ask(task, TEXT, sentences=1, truncation=True))
        assert own[0].summary_text in ("The furnace melts iron.", "Ada makes steel of it.")
    said = ask(load(tiny, "translation", "text-generation"), "Steel", tgt_lang="fr", max_length=4)
    assert isinstance(TranslationOutput.parse_obj_as_list(said)[0].translation_text, str)


def test_a_picture_comes_as_bytes_or_as_base64_text(tiny: dict[str, Path]) -> None:
    task = load(tiny, "image-feature-extraction", "image-classification")
    raw = ask(task, payload=png_bytes())
    assert raw == ask(task, base64.b64encode(png_bytes()).decode())
    assert isinstance(raw[0][0][0], float)
    with pytest.raises(Invalid, match="base64"):
        ask(task, "no picture")


def test_two_pictures_are_matched(tmp_path: Path) -> None:
    task = load_at(tiny_seeing.make_matcher(tmp_path / "matcher"), "keypoint-matching")
    pictures = [base64.b64encode(png_bytes((200, 80, shade), (64, 48))).decode() for shade in (40, 60)]
    assert all(set(row) == {"keypoint_image_0", "keypoint_image_1", "score"} for row in ask(task, pictures))
    for wrong in ([pictures[0], 3], [pictures[0], "/etc/passwd"]):
        with pytest.raises(Invalid, match="base64"):
            ask(task, wrong)


def test_a_film_is_watched(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (32, 32), (8 * number, 80, 40)) for number in range(8)]
    task = load_at(tiny_seeing.make_watcher(tmp_path / "watcher"), "video-classification")
    rows = ask(task, payload=film_file(Film(frames)).content, top_k=2)
    assert {row["label"] for row in rows} <= {"iron", "steel", "slag"} and len(rows) == 2
    with pytest.raises(Invalid, match="this is no film"):
        ask(task, payload=b"no film")


def test_a_model_is_asked_about_a_picture(tmp_path: Path) -> None:
    task = load_at(tiny_readers.make_seeing_chat(tmp_path / "seer"), "image-text-to-text")
    (row,) = ask(task, payload=png_bytes(), text="What is it?", max_new_tokens=4)
    assert isinstance(row["generated_text"], str)


@pytest.mark.parametrize(
    ("task", "inputs", "parameters", "words"),
    [
        ("text-classification", None, {}, "inputs: is missing"),
        ("text-classification", 5, {}, "text-classification"),
        ("zero-shot-classification", TEXT, {}, "candidate_labels: is missing"),
        ("question-answering", {"question": "Who?", "context": " "}, {}, "context: is missing or empty"),
        ("question-answering", TEXT, {}, "question: is missing"),
    ],
)
def test_what_is_missing_is_named(
    tiny: dict[str, Path], task: str, inputs: Any, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        ask(load(tiny, task), inputs, **parameters)


def test_a_model_made_for_something_else_is_refused(tiny: dict[str, Path]) -> None:
    with pytest.raises(Unsupported, match="cannot do translation"):
        load(tiny, "translation", "image-classification")


@pytest.mark.parametrize(
    "asset", ["http://169.254.169.254/latest", {"data_base64": "http://127.0.0.1/"}, "/etc/passwd", 5]
)
def test_pictures_of_a_decision_are_read_here_and_never_fetched(asset: Any) -> None:
    decide = AnyTask(TASKS["decision"], object())
    request = {"state": "x", "questions": {}, "assets": {"picture": asset}}
    for inputs in (request, json.dumps(request)):
        with pytest.raises(Invalid, match=r"base64|picture"):
            decide.decode(Run(request_id=1, inputs=inputs))
    request["assets"] = {"picture": base64.b64encode(png_bytes()).decode()}
    assert decide.decode(Run(request_id=1, inputs=request))["assets"]["picture"].size == (48, 40)
    with pytest.raises(Invalid, match=r'send \{"state"'):
        decide.decode(Run(request_id=1, inputs="no JSON"))
