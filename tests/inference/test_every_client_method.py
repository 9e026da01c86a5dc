"""Every task method of huggingface_hub's InferenceClient, given a model's address, reads typed results.

The models are tiny and of the true architectures: what is shown is that each method's request is understood and that its
answer has the shape the client reads. What real models answer is shown elsewhere.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import soundfile
from huggingface_hub import InferenceClient, QuestionAnsweringOutputElement
from PIL import Image

from openhearth.pipelines import pipeline
from tests.inference.conftest import FolderModels, Served, serve
from tests.pipelines import tiny_drawers, tiny_models, tiny_readers, tiny_seeing
from tests.pipelines.tiny_models import png_bytes, wav_bytes

pytestmark = pytest.mark.slow
# Pairs, as transformers takes them; the client lets them pass and types them otherwise.
WORDS: Any = [["Ada", [10, 10, 90, 40]], ["makes", [100, 10, 190, 40]]]
TEXT = "The furnace melts iron. Ada makes steel of it."


@dataclass(frozen=True)
class Row:
    """`ask` calls the method; what it gives is true if all is well."""

    method: str
    task: str
    make: Callable[[Path], Path]
    ask: Callable[[InferenceClient], bool]


def bert(what: str, *labels: str) -> Callable[[Path], Path]:
    return lambda folder: tiny_models.make_bert_for(folder, what=what, labels=list(labels))


def answer_of(found: Any) -> str:
    """The client's type allows for several."""
    assert isinstance(found, QuestionAnsweringOutputElement)
    return found.answer


def learnt(folder: Path) -> Path:
    """What was learnt from rows whose kind follows from their size."""
    rows = [{"size": size % 10, "kind": "large" if size % 10 > 4 else "small"} for size in range(60)]
    pipe = pipeline("tabular-classification")
    pipe([*rows, {"size": 1, "kind": None}], target="kind")
    pipe.save_pretrained(folder)
    return folder


ROWS = [
    Row(
        "text_classification", "text-classification", bert("SequenceClassification", "iron", "steel"),
        lambda client: {row.label for row in client.text_classification(TEXT)} == {"iron", "steel"},
    ),
    Row(
        "token_classification", "token-classification", bert("TokenClassification", "O", "B-PER", "B-LOC"),
        lambda client: all(row.word for row in client.token_classification(TEXT, aggregation_strategy="simple")),
    ),
    Row(
        "question_answering", "question-answering", bert("QuestionAnswering", "start", "end"),
        lambda client: answer_of(client.question_answering(question="Who makes steel?", context=TEXT)) in TEXT,
    ),
    Row(
        "zero_shot_classification", "zero-shot-classification",
        bert("SequenceClassification", "contradiction", "neutral", "entailment"),
        lambda client: {row.label for row in client.zero_shot_classification(TEXT, ["metal", "music"])} == {"metal", "music"},
    ),
    Row(
        "fill_mask", "fill-mask", tiny_readers.make_gap_filler,
        lambda client: len(client.fill_mask("Steel is [MASK].", top_k=3)) == 3,
    ),
    Row(
        "summarization", "summarization", tiny_models.make_t5,
        lambda client: isinstance(client.summarization(TEXT).summary_text, str),
    ),
    Row(
        "translation", "translation", tiny_models.make_t5,
        lambda client: isinstance(client.translation(TEXT, src_lang="en", tgt_lang="fr").translation_text, str),
    ),
    Row(
        "table_question_answering", "table-question-answering", tiny_models.make_tapas,
        lambda client: isinstance(
            client.table_question_answering({"metal": ["iron", "steel"], "count": ["1", "2"]}, "how many?").answer, str
        ),
    ),
    Row(
        "object_detection", "object-detection", tiny_seeing.make_detector,
        lambda client: all(row.box.xmax >= row.box.xmin for row in client.object_detection(png_bytes(), threshold=0.0)),
    ),
    Row(
        "image_segmentation", "image-segmentation", tiny_seeing.make_segmenter,
        lambda client: all(isinstance(row.mask, Image.Image) for row in client.image_segmentation(png_bytes())),
    ),
    Row(
        "zero_shot_image_classification", "zero-shot-image-classification", tiny_seeing.make_clip,
        lambda client: len(client.zero_shot_image_classification(png_bytes(), ["iron", "slag"])) == 2,
    ),
    Row(
        "text_to_image", "text-to-image", tiny_drawers.make_drawer,
        lambda client: client.text_to_image("red", width=16, height=16, num_inference_steps=1, seed=3).size == (16, 16),
    ),
    Row(
        "image_to_image", "image-to-image", tiny_drawers.make_drawer,
        lambda client: isinstance(
            client.image_to_image(png_bytes(), prompt="red", num_inference_steps=2), Image.Image
        ),
    ),
    Row(
        "image_to_text", "image-to-text", tiny_readers.make_seeing_chat,
        lambda client: isinstance(client.image_to_text(png_bytes()).generated_text, str),
    ),
    Row(
        "visual_question_answering", "visual-question-answering", tiny_readers.make_seeing_chat,
        lambda client: all(row.answer for row in client.visual_question_answering(png_bytes(), "What is it?")),
    ),
    Row(
        "document_question_answering", "document-question-answering", tiny_readers.make_page_reader,
        lambda client: client.document_question_answering(
            png_bytes(), "Who makes steel?", word_boxes=WORDS
        )[0].answer in ("Ada", "makes", "Ada makes"),
    ),
    Row(
        "audio_classification", "audio-classification", tiny_readers.make_sound_classifier,
        lambda client: {row.label for row in client.audio_classification(wav_bytes())} <= {"iron", "steel", "slag"},
    ),
    Row(
        "text_to_speech", "text-to-speech", tiny_readers.make_voice,
        lambda client: soundfile.info(io.BytesIO(client.text_to_speech("Iron"))).frames > 0,
    ),
    Row(
        "tabular_classification", "tabular-classification", learnt,
        lambda client: client.tabular_classification({"size": ["1", "9"]}) == ["small", "large"],
    ),
]  # fmt: skip
# Shown by other tests, or answered by no model here, each with where or why.
ELSEWHERE = {
    "chat_completion": "test_task_api.py", "text_generation": "test_task_api.py",
    "feature_extraction": "test_task_api.py", "sentence_similarity": "test_task_api.py",
    "image_classification": "test_task_api.py", "automatic_speech_recognition": "test_task_api.py",
    **dict.fromkeys(["text_to_video", "image_to_video", "tabular_regression"], "The client refuses an address of one's own."),
    "audio_to_audio": "No model here does it.",
}  # fmt: skip


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("every")
    folders = {f"forge/{row.method}": row.make(root / row.method) for row in ROWS}
    models = FolderModels(folders, {f"forge/{row.method}": row.task for row in ROWS})
    with serve(models, tmp_path_factory.mktemp("data"), memory_gb=3.0, at_once=False) as served:
        yield served


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.method)
def test_the_method_reads_what_the_hub_answers(hub: Served, row: Row) -> None:
    assert row.ask(InferenceClient(model=hub.model(f"forge/{row.method}"), token="ada", timeout=120))


def test_no_method_is_forgotten() -> None:
    public = inspect.getmembers(InferenceClient, inspect.isfunction)
    methods = {name for name, _ in public if not name.startswith("_")}
    about_endpoints = {"close", "get_endpoint_info", "health_check"}
    assert methods - about_endpoints == {row.method for row in ROWS} | set(ELSEWHERE)
