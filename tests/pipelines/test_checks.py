"""What a call of transformers' pipelines is given by mistake: named, with what helps, before a model sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines import pipeline
from openhearth.pipelines.choice import understand_request
from openhearth.pipelines.pipe import Pipe

TEXT = "Steel is hard."


@pytest.fixture(scope="module")
def pipes(tiny: dict[str, Path]) -> dict[str, Pipe]:
    tasks = (
        "text-classification", "token-classification", "zero-shot-classification", "text-generation", "image-classification",
        "automatic-speech-recognition",
    )  # fmt: skip
    return {task: pipeline(task, tiny[task], device="cpu") for task in tasks}


WHOLE = "give a whole number of 1 or more"
LABELS = "give at least one label, as a list or with commas"
TEMPLATE = "give a sentence with {} where the label goes"


@pytest.mark.parametrize(
    ("task", "parameter", "value", "remedy"),
    [
        ("text-classification", "function_to_apply", "cosine", "use one of sigmoid, softmax, none"),
        ("text-classification", "batch_size", 0, WHOLE),
        ("text-classification", "top_k", "two", WHOLE),
        ("token-classification", "aggregation_strategy", "clever", "use one of none, simple, first, average, max"),
        ("zero-shot-classification", "candidate_labels", [], LABELS),
        ("zero-shot-classification", "candidate_labels", "steel,,iron", LABELS),
        ("zero-shot-classification", "hypothesis_template", "{} {}", TEMPLATE),
        ("text-generation", "max_new_tokens", 0, WHOLE),
        ("automatic-speech-recognition", "return_timestamps", "hour", "use one of word, char"),
        ("automatic-speech-recognition", "chunk_length_s", -1, "give seconds, 0 or more"),
    ],
)  # fmt: skip
def test_a_value_that_a_parameter_cannot_have_is_named(
    pipes: dict[str, Pipe], task: str, parameter: str, value: Any, remedy: str
) -> None:
    given = np.zeros(16_000, np.float32) if task == "automatic-speech-recognition" else TEXT
    with pytest.raises(Invalid) as refused:
        pipes[task](
            given, **{"candidate_labels": "steel", parameter: value} if "zero" in task else {parameter: value}
        )
    assert refused.value.message == f"{parameter}: {str(value)!r} will not do for {task}; {remedy}."


@pytest.mark.parametrize(
    ("task", "inputs", "sentence"),
    [
        ("text-classification", {"txt": "x"}, 'inputs: "text" is missing or empty'),
        ("text-classification", [["a", "b"]], "inputs: a list in the list is no text; give two texts"),
        ("text-classification", "\ud800", "inputs: the text holds a broken character"),
        ("text-classification", float("nan"), "inputs: the text is missing (NaN)"),
        ("text-generation", {"role": "user", "content": "x"}, "inputs: a conversation is a list of turns"),
        ("text-generation", [{"role": "user"}], 'inputs: a turn has no "content"'),
        ("text-generation", [{"content": "x"}], 'inputs: a turn has no "role"'),
    ],
)
def test_what_is_no_text_and_no_conversation_is_said_to_be_none(
    pipes: dict[str, Pipe], task: str, inputs: Any, sentence: str
) -> None:
    with pytest.raises(Invalid) as refused:
        pipes[task](inputs)
    assert refused.value.message.startswith(sentence)


def test_the_input_may_be_given_by_its_name_and_must_be_given(pipes: dict[str, Pipe]) -> None:
    judge, look = pipes["text-classification"], pipes["image-classification"]
    assert judge(inputs=TEXT) == judge(TEXT)
    picture = np.full((8, 8, 3), 90, np.uint8)
    assert look(inputs=picture) == look(picture), "and is read like any"
    with pytest.raises(Invalid, match="inputs: are missing; give text-classification a text"):
        judge()
    with pytest.raises(Invalid, match=r"does not take this call \(too many positional arguments\)"):
        judge("a", "b")


def test_collections_and_columns_of_texts_are_lists_of_them(pipes: dict[str, Pipe]) -> None:
    judge = pipes["text-classification"]
    expected = judge([TEXT, "Iron"])
    assert judge(np.array([TEXT, "Iron"])) == expected
    assert judge({TEXT: 1, "Iron": 2}.keys()) == expected
    assert judge(np.array([TEXT, "notes.txt"]), as_text=True) == judge([TEXT, "notes.txt"], as_text=True)


def test_the_name_of_a_file_that_is_not_there_is_no_text(
    pipes: dict[str, Pipe], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    judge = pipes["text-classification"]
    for name in ("artcle.txt", "./my notes.md", "~/no such/report.pdf"):
        with pytest.raises(
            NotFound, match="is the name of a file, and none is there; mend the path, or pass"
        ):
            judge(name)
        assert judge(name, as_text=True)
    assert judge("Please read my report.pdf") == judge("Please read my report.pdf", as_text=True)
    (tmp_path / "my steel #1 50%.txt").write_text(TEXT)
    assert judge((tmp_path / "my steel #1 50%.txt").as_uri()) == judge(TEXT)


@pytest.mark.parametrize("link", ["http://[", "http://[x]/", "https://[::1", "http://:80/"])
def test_a_link_that_is_none_is_said_to_be_none(pipes: dict[str, Pipe], link: str) -> None:
    with pytest.raises(Invalid, match="is no http or https address; give one, or the path of a file"):
        pipes["text-classification"](link)


def test_a_parameter_that_nothing_knows_is_named(pipes: dict[str, Pipe], tiny: dict[str, Path]) -> None:
    with pytest.raises(
        Invalid, match="max_new_token: text-generation has no such parameter here; mend its name"
    ):
        pipes["text-generation"](TEXT, max_new_token=2)
    shorten = pipeline("summarization", tiny["summarization"], device="cpu")
    with pytest.raises(Invalid, match="max_lenght: summarization has no such parameter here"):
        shorten(TEXT, max_lenght=2)
    assert not any(note.kind == "failure" for note in shorten.notes)
    with pytest.raises(Invalid, match="max_length: '-1' will not do for summarization; give a whole number"):
        shorten(TEXT, max_length=-1)
    answer = pipeline("question-answering", tiny["question-answering"], device="cpu")
    with pytest.raises(Invalid, match="topk: question-answering has no such parameter here"):
        answer(question="What?", context=TEXT, topk=2)


def test_texts_and_labels_beside_the_input_come_as_people_have_them(tiny: dict[str, Path]) -> None:
    column = pandas.Series(["iron", "cat"])
    near = pipeline("sentence-similarity", tiny["feature-extraction"], device="cpu")
    expected = near(TEXT, sentences=["iron", "cat"])
    assert near(TEXT, sentences=column) == near(TEXT, sentences=column.to_numpy()) == expected
    assert near([TEXT, TEXT], sentences=column) == [expected, expected]
    order = pipeline("text-ranking", tiny["feature-extraction"], device="cpu")
    assert order([TEXT], documents=column, top_k=1) == [order(TEXT, documents=["iron", "cat"])[:1]]
    sort = pipeline("zero-shot-classification", tiny["feature-extraction"], device="cpu")
    assert sort(sequences=TEXT, candidate_labels=column) == sort(TEXT, ["iron", "cat"])
    assert sort(TEXT, [1, 2])["labels"] in (["1", "2"], ["2", "1"])
    nothing: list[tuple[Pipe, dict[str, Any]]] = [
        (near, {"sentences": []}),
        (order, {}),
        (sort, {"candidate_labels": pandas.Series([])}),
    ]
    for pipe, parameters in nothing:
        with pytest.raises(Invalid, match=": give "):
            pipe(TEXT, **parameters)


def test_a_decision_says_what_its_questions_lack(tiny: dict[str, Path]) -> None:
    decide = pipeline("decision", tiny["text-generation"], device="cpu")
    for given in ("hot", {}, {"state": "hot", "questions": {"touch": {"type": "guess"}}}):
        with pytest.raises(Invalid, match=r'^inputs: .*; give {"state": …, "questions":'):
            decide(given)


def test_broken_letters_in_a_wish_are_passed_over() -> None:
    assert understand_request("summarise \ud800 a website")[0].name == "summarization"
