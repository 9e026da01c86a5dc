"""Every task that transformers has: ours gives transformers' own answers. A task without a row here fails.

Rows with a name of the starter set run on those real weights; the others on tiny models whose weights are chance, which
show that files, keys, shapes and parameters fit.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openhearth.errors import Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.inputs import read_image, read_sound
from openhearth.pipelines.tasks import get_task
from tests.pipelines import tiny_models, tiny_readers
from tests.pipelines.alike import assert_alike
from tests.pipelines.tiny_models import make_bert_for, png_bytes, wav_bytes
from tests.support.starter import starter_folder

TEXTS = ["The furnace melts iron.", "Ada Lopez makes steel in Turin; call 415-555-0134."]
GREEDY: dict[str, Any] = {"max_new_tokens": 8, "do_sample": False}
SHORT: dict[str, Any] = {"max_new_tokens": 6, "generate_kwargs": {"do_sample": False}}
HELLO = [{"role": "user", "content": "Hi"}]
QUESTIONS: dict[str, Any] = {
    "state": "I was charged twice and want my money back.",
    "questions": {
        "refund": {"type": "noul", "instructions": "Is a refund requested?"},
        "team": {"type": "choice", "instructions": "Who should answer?", "criteria": {"billing": "money", "support": "faults"}},
    },
}  # fmt: skip
PAGE = {
    "question": "what is the total",
    "word_boxes": [("total", [0, 0, 100, 100]), ("12", [200, 0, 300, 100]), ("eur", [300, 0, 400, 100])],
}
SEEN = {"type": "image", "image": Image.new("RGB", (40, 40), (200, 3, 3))}
PICTURED = [{"role": "user", "content": [SEEN, {"type": "text", "text": "What?"}]}]
TONE = np.sin(np.arange(16_000) / 20).astype(np.float32)


@dataclass(frozen=True)
class Row:
    """A call: `model` makes a folder, or is the name of a starter model."""

    task: str
    model: str | Callable[[Path], Path]
    inputs: Any
    parameters: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.task}-{self.model if isinstance(self.model, str) else 'tiny'}"


JUDGE = partial(make_bert_for, what="SequenceClassification", labels=["iron", "steel"])
LOGIC = partial(
    make_bert_for, what="SequenceClassification", labels=["contradiction", "neutral", "entailment"]
)
NAMER = partial(make_bert_for, what="TokenClassification", labels=["O", "B-PER", "I-PER", "B-LOC"])
LABELS = {"candidate_labels": ["metal", "sport"]}
TINY = [
    Row("text-classification", JUDGE, TEXTS[0]),
    Row("text-classification", JUDGE, TEXTS, {"top_k": None}),
    Row("text-classification", JUDGE, {"text": TEXTS[0], "text_pair": TEXTS[1]}, {"function_to_apply": "none"}),
    Row("sentiment-analysis", JUDGE, TEXTS),
    Row("token-classification", NAMER, TEXTS[0]),
    Row("token-classification", NAMER, TEXTS, {"aggregation_strategy": "simple"}),
    Row("ner", NAMER, TEXTS, {"ignore_labels": ["B-LOC"]}),
    Row("zero-shot-classification", LOGIC, TEXTS[0], LABELS),
    Row("zero-shot-classification", LOGIC, TEXTS, {**LABELS, "multi_label": True, "hypothesis_template": "It is {}."}),
    Row("fill-mask", tiny_readers.make_gap_filler, "Steel is [MASK]."),
    Row("fill-mask", tiny_readers.make_gap_filler, "Steel [MASK] [MASK].", {"top_k": 2}),
    Row("feature-extraction", tiny_models.make_encoder, TEXTS),
    Row("text-generation", tiny_models.make_llama, TEXTS[0], GREEDY),
    Row("text-generation", tiny_models.make_llama, [HELLO] * 2, {**GREEDY, "return_full_text": False}),
    Row("image-classification", tiny_models.make_image_classifier, png_bytes(), {"top_k": 2}),
    Row("image-feature-extraction", tiny_models.make_image_classifier, png_bytes()),
    Row("document-question-answering", tiny_readers.make_page_reader, {"image": png_bytes(), **PAGE}),
    Row("document-question-answering", tiny_readers.make_page_reader, {"image": png_bytes(), **PAGE}, {"top_k": 2}),
    Row("image-text-to-text", tiny_readers.make_seeing_chat, PICTURED, SHORT),
    Row("automatic-speech-recognition", tiny_models.make_speech_recogniser, wav_bytes(), {"return_timestamps": "char"}),
    Row("audio-classification", tiny_readers.make_sound_classifier, wav_bytes()),
    Row("audio-classification", tiny_readers.make_sound_classifier, TONE, {"top_k": 2}),
    Row("zero-shot-audio-classification", tiny_readers.make_sound_matcher, TONE, LABELS),
    Row("text-to-audio", tiny_readers.make_voice, "hello steel"),
    Row("text-to-speech", tiny_readers.make_voice, "hello steel"),
]  # fmt: skip
REAL = [
    Row("text-generation", "SmolLM2-135M-Instruct", "The capital of France is", GREEDY),
    Row("text-generation", "SmolLM2-135M-Instruct", [{"role": "user", "content": "Name a colour."}], GREEDY),
    Row("decision", "SmolLM2-135M-Instruct", QUESTIONS),
    Row("feature-extraction", "all-MiniLM-L6-v2", TEXTS),
    Row("token-classification", "rampart-pii", TEXTS, {"aggregation_strategy": "simple"}),
    Row("ner", "rampart-pii", TEXTS),
    Row("image-classification", "efficientnet-lite0", ("photos", ".jpg")),
    Row("image-feature-extraction", "efficientnet-lite0", ("photos", ".jpg")),
    Row(
        "automatic-speech-recognition",
        "whisper-tiny.en",
        ("librivox-clips", ".wav"),
        {"return_timestamps": True},
    ),
]
# What transformers' own pipelines for these tasks cannot do without is not installed: torchvision, where a model sees.
REFUSED: dict[str, Callable[[Path], Path]] = {"any-to-any": tiny_readers.make_seeing_chat}
# Tasks whose tests stand with what else is tested of them.
ELSEWHERE = {
    **dict.fromkeys(
        (
            "object-detection", "zero-shot-object-detection", "image-segmentation", "depth-estimation", "keypoint-matching",
            "zero-shot-image-classification", "mask-generation",
        ),
        "test_seeing.py",
    ),
    "video-classification": "test_films.py",
    "table-question-answering": "tables/test_table_questions.py",
}  # fmt: skip


def test_every_task_of_transformers_has_a_row() -> None:
    from transformers.pipelines import PIPELINE_REGISTRY

    here = {row.task for row in [*TINY, *REAL]} | REFUSED.keys()
    for task, file in ELSEWHERE.items():
        text = (Path(__file__).parent / file).read_text()
        assert f'"{task}"' in text and "transformers.pipeline(" in text, f"{file} does not compare {task}"
    assert set(PIPELINE_REGISTRY.get_supported_tasks()) == here | ELSEWHERE.keys()


def opened(task: str, inputs: Any, rate_hz: int) -> Any:
    """`inputs` as transformers takes them: it opens no bytes of pictures, and wants samples at the model's own rate."""
    if isinstance(inputs, dict) and "image" in inputs:
        return {**inputs, "image": read_image(inputs["image"])}
    if isinstance(inputs, bytes | Path):
        return read_image(inputs) if get_task(task).takes == "image" else read_sound(inputs, rate_hz=rate_hz)
    return inputs


def compare(row: Row, folder: Path) -> None:
    import torch
    import transformers

    inputs = row.inputs
    if isinstance(inputs, tuple):
        inputs = min(starter_folder(inputs[0]).rglob(f"*{inputs[1]}"), key=lambda path: path.stat().st_size)
    plain = transformers.pipeline(row.task, model=str(folder), device="cpu")
    rate_hz = getattr(plain.feature_extractor, "sampling_rate", 16_000)
    torch.manual_seed(0)
    theirs = plain(opened(row.task, inputs, rate_hz), **deepcopy(row.parameters))
    assert theirs, "an empty answer compares nothing"
    pipe = pipeline(row.task, folder, device="cpu")
    torch.manual_seed(0)
    assert_alike(pipe(inputs, **deepcopy(row.parameters)), theirs)


@pytest.mark.parametrize("row", TINY, ids=str)
def test_answers_of_tiny_models_are_those_of_transformers(row: Row, tmp_path: Path) -> None:
    assert callable(row.model)
    compare(row, row.model(tmp_path / "model"))


@pytest.mark.run
@pytest.mark.slow
@pytest.mark.parametrize("row", REAL, ids=str)
def test_answers_of_the_starter_set_are_those_of_transformers(row: Row) -> None:
    assert isinstance(row.model, str)
    compare(row, starter_folder(row.model))


@pytest.mark.parametrize("task", REFUSED)
def test_what_transformers_itself_cannot_do_here_is_said_before_anything_is_loaded(
    task: str, tmp_path: Path
) -> None:
    with pytest.raises(Unsupported, match=f"{task} .*needs torchvision"):
        pipeline(task, REFUSED[task](tmp_path / "model"), device="cpu")


def test_a_task_that_somebody_registered_is_worked_and_a_pipe_is_saved_whole(tmp_path: Path) -> None:
    from transformers import AutoModelForSequenceClassification, TextClassificationPipeline
    from transformers.pipelines import PIPELINE_REGISTRY

    class Shouting(TextClassificationPipeline):  # type: ignore[misc]  # transformers publishes no types
        def postprocess(self, *given: Any, **options: Any) -> Any:
            return {"label": super().postprocess(*given, **options)["label"].upper()}

    PIPELINE_REGISTRY.register_pipeline("shouting", Shouting, pt_model=AutoModelForSequenceClassification)
    try:
        pipe = pipeline("shouting", JUDGE(tmp_path / "model"), device="cpu")
        assert pipe("Steel")[0]["label"] in ("IRON", "STEEL")
    finally:
        del PIPELINE_REGISTRY.supported_tasks["shouting"]
    judge = pipeline("text-classification", tmp_path / "model", device="cpu")
    judge.save_pretrained(tmp_path / "kept")
    assert pipeline("text-classification", tmp_path / "kept", device="auto")("Steel") == judge("Steel")
    assert judge.model.config.num_labels == 2
    assert judge.tokenizer("Steel").input_ids
    assert str(judge.device) == "cpu"
