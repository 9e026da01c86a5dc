"""The low-level twin of a call runs by itself, without this library, and prints the same answer."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.explain import _TWINS
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.shelf import list_shelf
from openhearth.pipelines.tasks import TASKS
from openhearth.pipelines.ways import ways_of
from tests.pipelines.tiny_models import png_bytes
from tests.support.starter import starter_folder


def printed_by_twin(pipe: Pipe) -> str:
    """What the twin prints in a process of its own."""
    code = pipe.explain().code
    assert "openhearth" not in "".join(line for line in code.splitlines() if "import" in line)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, code + done.stderr
    return done.stdout.strip()


def example(name: str, ending: str) -> str:
    """The smallest file of a starter repo."""
    return str(min(starter_folder(name).rglob(f"*{ending}"), key=lambda path: path.stat().st_size))


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


GREEDY: dict[str, Any] = {"max_new_tokens": 8, "do_sample": False}
ARTICLE = "Steel is an alloy of iron and carbon. It is strong, and it is used for bridges."
QUARREL = (
    "The council moved its library into the old station on Tuesday. Nine members were in favour of it. The station has been empty "
    "since 1998. It costs 2.9 million euros to turn it into a library. Repairs of the old house would have cost 4.2 million."
)
REFUND = {"type": "noul", "instructions": "Is a refund requested?"}


@dataclass(frozen=True)
class Row:
    """A call on the starter set. `inputs` as a pair: the smallest file of a starter repo with that ending."""

    task: str
    model: str
    inputs: Any
    parameters: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.task}-{self.model}"


ROWS = [
    Row("text-generation", "SmolLM2-135M-Instruct", "The capital of France is", GREEDY),
    Row("text-generation", "SmolLM2-135M-Instruct", [{"role": "user", "content": "Name a colour."}], GREEDY),
    Row("summarization", "SmolLM2-135M-Instruct", ARTICLE, {"max_length": 16}),
    Row("summarization", "SmolLM2-135M-Instruct", QUARREL, {"max_length": 24}),
    Row("summarization", "all-MiniLM-L6-v2", QUARREL, {"sentences": 2}),
    Row("translation_en_to_fr", "SmolLM2-135M-Instruct", "The cat sleeps.", {"max_length": 12}),
    Row("question-answering", "SmolLM2-135M-Instruct", {"question": "What is steel used for?", "context": ARTICLE}),
    Row("decision", "SmolLM2-135M-Instruct", {"state": "I want my money back.", "questions": {"refund": REFUND}}),
    Row("sentence-similarity", "all-MiniLM-L6-v2", "A guitar", {"sentences": ["an instrument", "the stock market"]}),
    Row("text-ranking", "all-MiniLM-L6-v2", "how to make iron", {"documents": ["cooking pasta", "smelting ore in a furnace"]}),
    Row("zero-shot-classification", "all-MiniLM-L6-v2", "The goalkeeper saved it.", {"candidate_labels": ["sport", "cooking"]}),
    Row("feature-extraction", "all-MiniLM-L6-v2", "Steel"),
    Row("token-classification", "rampart-pii", "Call Maria Lopez at 415-555-0134."),
    Row("token-classification", "en_core_web_sm", "Angela Merkel met Barack Obama in Berlin."),
    Row("image-classification", "efficientnet-lite0", ("photos", ".jpg")),
    Row("image-feature-extraction", "efficientnet-lite0", ("photos", ".jpg")),
    Row("automatic-speech-recognition", "whisper-tiny.en", ("librivox-clips", ".wav")),
    Row("voice-activity-detection", "silero-vad", ("librivox-clips", ".wav")),
    Row("text-to-speech", "hibari-heart", "Good morning.", {"seed": 1, "speed": 1.2}),
]  # fmt: skip
# Where nothing lies below: a method of ours over another task, whose own twin shows the model's part.
OURS = {"question-generation", "face-recognition", "document-question-answering"}
# Twins that are tested with what else is tested of their tasks.
ELSEWHERE = {"face-detection", "optical-character-recognition", "image-to-text", "text-classification"}


def test_every_task_that_a_starter_model_does_has_a_twin_and_a_row() -> None:
    here = [
        known.folder for known in list_shelf() if known.id.startswith("starter/") and known.folder is not None
    ]
    done = {
        (task.name, way.module)
        for task in TASKS.values()
        for way in ways_of(task)
        for folder in here
        if way.works(folder)
    }
    usual = {(name, module) for name, module in done if name not in OURS | ELSEWHERE}
    assert {name for name, _ in usual} <= {row.task.partition("_")[0] for row in ROWS}
    assert usual <= _TWINS.keys()


@pytest.mark.run
@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_twin_prints_what_the_call_answered(row: Row, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = pipeline(row.task, starter_folder(row.model), device="cpu")
    given = example(*row.inputs) if isinstance(row.inputs, tuple) else row.inputs
    answer = pipe(given, **row.parameters)
    twin = pipe.explain()
    capsys.readouterr()
    twin.run()  # in this process: that a twin needs nothing of ours is shown by those of tiny models
    compare(row.task, capsys.readouterr().out.strip(), answer, pipe)


def compare(task: str, said: str, answer: Any, pipe: Pipe) -> None:
    match task:
        case "text-generation":
            made = answer[0]["generated_text"]
            assert said == (made if isinstance(made, str) else made[-1]["content"]).strip()
        case "summarization" | "translation_en_to_fr" | "automatic-speech-recognition":
            row = answer[0] if isinstance(answer, list) else answer
            assert said == next(iter(row.values())).strip()
        case "question-answering":
            assert answer["answer"].strip(" .") in said
        case "decision":
            told = ast.literal_eval(said)["refund"]
            assert (
                told == pytest.approx(answer["refund"])
                if isinstance(told, float)
                else told.keys() == answer["refund"].keys()
            )
        case "sentence-similarity":
            assert numbers(said) == pytest.approx(answer, abs=1e-3)
        case "text-ranking":
            assert numbers(said) == [row["index"] for row in answer]
        case "zero-shot-classification":
            by_label = dict(zip(answer["labels"], answer["scores"], strict=True))
            assert numbers(said) == pytest.approx([by_label["sport"], by_label["cooking"]], abs=1e-3)
        case "feature-extraction" | "image-feature-extraction":
            first = np.asarray(answer, dtype=float).flatten()[0]
            assert float(said.rsplit(" ", 1)[1]) == pytest.approx(first, abs=1e-3)
        case "token-classification":
            label = "entity" if "entity" in answer[0] else "entity_group"
            assert said.splitlines() == [f"{row[label]} {row['start']} {row['end']}" for row in answer]
        case "image-classification":
            for line, row in zip(said.splitlines(), answer, strict=True):
                name, score = line.rsplit(" ", 1)
                assert name == row["label"]
                assert float(score) == pytest.approx(row["score"], abs=2e-3)
        case _:
            compare_heard(task, said, answer, pipe)


def compare_heard(task: str, said: str, answer: Any, pipe: Pipe) -> None:
    match task:
        case "voice-activity-detection":
            (piece,) = answer
            assert numbers(said.replace(" ", ",")) == pytest.approx(list(piece.values()), abs=1e-3)
        case "text-to-speech":
            length, loudness = said.split()
            assert int(length) == len(answer["audio"])
            assert float(loudness) == pytest.approx(np.abs(answer["audio"]).mean(), abs=2e-5)
        case _:
            raise AssertionError(f"no comparison for {task}")


def numbers(text: str) -> list[float]:
    return [float(word) for word in text.strip("[]").split(",")]


def test_the_twin_of_a_marked_answer_marks_the_same(tiny: dict[str, Path]) -> None:
    pipe = pipeline("question-answering", tiny["question-answering"], device="cpu")
    answer = pipe(question="Who makes steel?", context="The smith makes steel.", align_to_words=False)
    assert printed_by_twin(pipe) == answer["answer"].strip()


def test_of_a_list_the_first_is_explained_and_of_a_file_what_was_read(
    tiny: dict[str, Path], tmp_path: Path
) -> None:
    judge = pipeline("text-classification", tiny["text-classification"], device="cpu")
    (tmp_path / "steel.txt").write_text("Steel is hard.")
    first, _ = judge([str(tmp_path / "steel.txt"), "Iron"])
    code = judge.explain().code
    assert "# the first of 2 inputs" in code
    assert f"# read: text {tmp_path}/steel.txt, 3 words" in code
    label, score = printed_by_twin(judge).rsplit(" ", 1)
    assert label == first["label"]
    assert float(score) == pytest.approx(first["score"], abs=1e-3)


CLASSIFIED: list[tuple[Any, dict[str, Any]]] = [
    ("Steel is hard.", {"top_k": None}),
    ("Steel is hard.", {"function_to_apply": "sigmoid"}),
    ("Steel " * 100, {"truncation": True, "max_length": 16, "function_to_apply": "none"}),
    ({"text": "Steel", "text_pair": 'it\'s "iron"\n'}, {}),
]


@pytest.mark.parametrize(("given", "parameters"), CLASSIFIED)
def test_what_a_classifier_was_told_stands_in_its_lines(
    given: Any, parameters: dict[str, Any], tiny: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    judge = pipeline("text-classification", tiny["text-classification"], device="cpu")
    answer = judge(given, **parameters)
    rows = answer if isinstance(answer, list) else [answer]
    assert printed_here(judge, capsys).splitlines() == [
        f"{row['label']} {round(row['score'], 3)}" for row in rows
    ]


def printed_here(pipe: Pipe, capsys: pytest.CaptureFixture[str]) -> str:
    """What the twin prints in this process, which is quicker."""
    capsys.readouterr()
    pipe.explain().run()
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize(
    "parameters",
    [
        {"return_full_text": False}, {"stop_sequence": "V"}, {"batch_size": 1}, {"num_beams": 2, "num_return_sequences": 2},
    ],
)  # fmt: skip
def test_what_a_writer_was_told_stands_in_its_lines(
    parameters: dict[str, Any], tiny: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = pipeline(
        "text-generation", tiny["text-generation"], device="cpu", max_new_tokens=6, do_sample=False
    )
    rows = pipe("Steel is ${model} 'and' \\", **parameters)
    assert printed_here(pipe, capsys) == "\n".join(row["generated_text"] for row in rows).strip()


def test_of_what_lives_in_a_process_alone_and_of_chance_the_lines_say_so(tiny: dict[str, Path]) -> None:
    from transformers import TextIteratorStreamer

    pipe = pipeline("text-generation", tiny["text-generation"], device="cpu")
    pipe("Steel", max_new_tokens=2, streamer=TextIteratorStreamer(pipe.tokenizer))
    code = pipe.explain().code
    assert "# without streamer, which cannot be spelled out" in code
    assert "drawn by chance" in code
    ast.parse(code)


def test_grouped_names_and_other_ways_of_scoring_stand_in_the_lines(
    tiny: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    marker = pipeline("ner", tiny["token-classification"], device="cpu", aggregation_strategy="simple")
    rows = marker("Steel and iron in Paris. The smith of Paris.", ignore_labels=[])
    said = [f"{row['entity_group']} {row['start']} {row['end']}" for row in rows]
    assert printed_here(marker, capsys).splitlines() == said and len(said) > 1
    marker("Steel", aggregation_strategy="max")
    with pytest.raises(Unsupported, match="'max' has no low-level twin"):
        marker.explain()
    sorter = pipeline("zero-shot-classification", tiny["feature-extraction"], device="cpu")
    sorted_ = sorter("Steel", candidate_labels=["iron"], multi_label=True)
    assert numbers(printed_here(sorter, capsys)) == pytest.approx(sorted_["scores"], abs=1e-3)


def test_the_name_of_a_folder_never_becomes_a_line_of_its_own(tiny: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "we'ird\"\nraise SystemExit('ran')\n# ${model} \\"
    shutil.copytree(tiny["text-classification"], folder)
    judge = pipeline("text-classification", folder, device="cpu")
    (row,) = judge("Steel")
    assert printed_by_twin(judge) == f"{row['label']} {round(row['score'], 3)}"


def test_of_a_text_in_pieces_the_first_is_explained(
    tiny: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    shortener = pipeline("summarization", tiny["summarization"], device="cpu")
    shortener("Steel is hard. " * 200, max_new_tokens=4, num_beams=2)
    code = shortener.explain().code
    assert "pieces in which the model was given the text" in code and "'num_beams': 2" in code
    printed_here(shortener, capsys)
    writer = pipeline("text2text-generation", tiny["summarization"], device="cpu")
    (row,) = writer("Steel is hard.", max_new_tokens=8)
    assert printed_here(writer, capsys) == row["generated_text"]
