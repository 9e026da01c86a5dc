"""The low-level twin of a call runs by itself, without this library, and prints the same answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.shelf import starter_cache
from tests.pipelines.tiny_models import png_bytes
from tests.support.running import RunningHub


def printed_by_twin(pipe: Pipe) -> str:
    """What the twin prints in a process of its own."""
    code = pipe.explain().code
    assert "openhearth" not in "".join(line for line in code.splitlines() if "import" in line)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, code + done.stderr
    return done.stdout.strip()


def example(name: str, ending: str) -> str:
    folder = max(starter_cache().glob(f"converted/{name}-*"))  # the newest version
    return str(next(folder.rglob(f"*{ending}")))


def test_the_twin_of_a_text_continues_it_alike(tiny: dict[str, Path]) -> None:
    pipe = pipeline("text-generation", model=tiny["text-generation"], device="cpu")
    (row,) = pipe("Steel is", max_new_tokens=6, do_sample=False)
    assert printed_by_twin(pipe) == row["generated_text"].strip()


def test_before_a_call_and_without_a_path_there_is_nothing_to_explain(tiny: dict[str, Path]) -> None:
    pipe = pipeline("image-classification", model=tiny["image-classification"])
    with pytest.raises(Invalid, match="call the pipeline first"):
        pipe.explain()
    pipe(png_bytes())
    with pytest.raises(Unsupported, match="as a path"):
        pipe.explain()


@pytest.mark.run
@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "inputs", "parameters"),
    [
        ("text-generation", "The capital of France is", {"max_new_tokens": 8, "do_sample": False}),
        (
            "text-generation",
            [{"role": "user", "content": "Name a colour."}],
            {"max_new_tokens": 8, "do_sample": False},
        ),
        (
            "summarization",
            "Steel is an alloy of iron and carbon. It is strong, and it is used for bridges.",
            {"max_length": 24},
        ),
        ("translation_en_to_fr", "The cat sleeps.", {"max_length": 12}),
        ("sentence-similarity", "A guitar", {"sentences": ["an instrument", "the stock market"]}),
        ("text-ranking", "how to make iron", {"documents": ["cooking pasta", "smelting ore in a furnace"]}),
        (
            "zero-shot-classification",
            "The goalkeeper saved a penalty.",
            {"candidate_labels": ["sport", "cooking"]},
        ),
        ("feature-extraction", "Steel", {}),
        ("image-classification", ("efficientnet-lite0", ".jpg"), {}),
        ("automatic-speech-recognition", ("whisper-tiny.en", ".wav"), {}),
    ],
)
def test_every_task_of_the_starter_set_has_a_twin_that_prints_the_same(
    starter: RunningHub, task: str, inputs: Any, parameters: dict[str, Any]
) -> None:
    pipe = pipeline(task, device="cpu")
    answer = pipe(example(*inputs) if isinstance(inputs, tuple) else inputs, **parameters)
    said = printed_by_twin(pipe)
    match task:
        case "text-generation":
            made = answer[0]["generated_text"]
            assert said == (made if isinstance(made, str) else made[-1]["content"]).strip()
        case "summarization" | "translation_en_to_fr" | "automatic-speech-recognition":
            row = answer[0] if isinstance(answer, list) else answer
            assert said == next(iter(row.values())).strip()
        case "sentence-similarity":
            assert numbers(said) == pytest.approx(answer, abs=1e-3)
        case "text-ranking":
            assert numbers(said) == [row["index"] for row in answer]
        case "zero-shot-classification":
            by_label = dict(zip(answer["labels"], answer["scores"], strict=True))
            assert numbers(said) == pytest.approx([by_label["sport"], by_label["cooking"]], abs=1e-3)
        case "feature-extraction":
            assert float(said.rsplit(" ", 1)[1]) == pytest.approx(answer[0][0][0], abs=1e-3)
        case "image-classification":
            label, score = said.rsplit(" ", 1)
            assert label == answer[0]["label"]
            assert float(score) == pytest.approx(answer[0]["score"], abs=2e-3)


def numbers(text: str) -> list[float]:
    return [float(word) for word in text.strip("[]").split(",")]
