"""Answers are passages of the caller's own text, and say so where there is none.

Shapes and places by tiny random models; that the answers are right, by the small model of the starter set.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
import pandas
import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.question_kind import kind_of
from tests.pipelines import tiny_models
from tests.support.starter import starter_folder

TEXT = (
    "The lighthouse on Gull Point was built in 1871 by the engineer Thomas Harker. Its lamp burned whale oil until 1894. "
    "The tower is 42 metres high. The first keeper, Martha Quill, lived there with her two sons for twenty-six years."
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Pipe:
    """By a tiny language model, which finds every passage about as likely."""
    made = tiny_models.make_llama(tmp_path_factory.mktemp("asked") / "llama", max_position_embeddings=2048)
    return pipeline("question-answering", made, device="cpu", threads=1)


def is_passage(row: dict[str, Any], text: str) -> bool:
    return bool(row["answer"]) and text[row["start"] : row["end"]] == row["answer"]


def test_an_answer_is_a_passage_with_its_place_or_empty(asked: Pipe) -> None:
    assert "likely" in str(asked.choice)
    rows = asked(question="How high is the tower?", context=TEXT, top_k=4)
    assert len(rows) == 4
    for row in rows:
        assert set(row) == {"score", "start", "end", "answer"}
        assert 0 <= row["score"] <= 1
        assert is_passage(row, TEXT) or row == {"score": row["score"], "start": 0, "end": 0, "answer": ""}
    places = [(row["start"], row["end"]) for row in rows if row["answer"]]
    assert all(a[1] <= b[0] or b[1] <= a[0] for a in places for b in places if a != b)


def test_texts_longer_than_the_model_and_odd_ones_are_worked(asked: Pipe) -> None:
    for text in (
        "It rained. " * 400 + TEXT,
        "word " * 3000,
        "x" * 5000,
        "Ünïcödé — “Zoë” paid €12,50 in Köln 🔥.",
        "鋼鉄は鉄と炭素の合金である。",
    ):
        row = asked(question="What did Zoë pay?", context=text)
        assert row["answer"] == "" or is_passage(row, text)
    assert asked(question="Who?", context="...")["answer"] == ""


def test_one_question_to_several_documents_names_the_one_that_answers(asked: Pipe, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Steel is an alloy of iron and carbon. It is harder than iron.")
    (tmp_path / "b.md").write_text(TEXT)
    (tmp_path / "c.bin").write_bytes(b"\0\1")
    row = asked(question="How high is the tower?", context=str(tmp_path) + "/")
    assert set(row) == {"score", "start", "end", "answer", "document", "source", "passage"}
    assert [Path(read.origin).name for read in asked.read] == ["a.txt", "b.md"]
    if row["answer"]:
        held = Path(row["source"]).read_text()
        assert is_passage(row, held) and row["answer"] in row["passage"] in held
        assert Path(row["source"]).name == ("a.txt", "b.md")[row["document"]]
    listed = asked(question="How high is the tower?", context=[TEXT, "Steel is hard."], top_k=2)
    assert all(row["document"] in (0, 1, None) and row["source"] is None for row in listed)


def test_bad_questions_are_refused_with_a_sentence(asked: Pipe) -> None:
    with pytest.raises(Invalid, match="question"):
        asked(question="", context=TEXT)
    with pytest.raises(Invalid, match="empty"):
        asked(question="Who?", context=["", TEXT])
    with pytest.raises(Invalid, match="2 questions and 3 contexts"):
        asked(question=["Who?", "When?"], context=[TEXT] * 3)


def test_the_twin_weighs_the_same_passages(asked: Pipe, capsys: pytest.CaptureFixture[str]) -> None:
    rows = asked(question="Who was the first keeper?", context=TEXT, top_k=2)
    twin = asked.explain()
    capsys.readouterr()
    twin.run()
    best = next(row["answer"] for row in rows if row["answer"])
    assert capsys.readouterr().out.strip() == best


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Why did it sink?", "reason"), ("In which year was it built?", "time"), ("How many keepers were there?", "quantity"),
        ("Whose house was it?", "person"), ("In what city does she live?", "place"), ("What is the dog called?", "name"),
        ("How do bees dance?", "manner"), ("Did he swim?", "whether"), ("What did it burn?", "thing"),
    ],
)  # fmt: skip
def test_what_a_question_asks_for(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.run
@pytest.mark.slow
def test_the_starter_model_finds_short_answers_and_says_where_there_is_none() -> None:
    answer = pipeline("question-answering", starter_folder("SmolLM2-135M-Instruct"), threads=1)
    asked = {
        "When was the lighthouse built?": "1871",
        "Who was the first keeper?": "Martha Quill",
        "How high is the tower?": "42 metres",
        "How long did Martha Quill live there?": "twenty-six years",
        "What is the price of coffee in Brazil?": "",
    }
    given = {question: answer(question=question, context=TEXT)["answer"] for question in asked}
    assert sum(given[question] == right for question, right in asked.items()) >= 4, given
    assert given["What is the price of coffee in Brazil?"] == ""


def test_a_question_is_asked_as_it_was_before_version_5_and_of_a_table_of_questions(
    tiny: dict[str, Path],
) -> None:
    answer = pipeline("question-answering", tiny["question-answering"], device="cpu")
    expected = answer(question="How high is it?", context=TEXT)
    assert answer("How high is it?", TEXT) == expected
    assert answer("How high is it?", context=TEXT) == expected
    rows = {"id": [1, 2], "question": ["How high is it?", "Who?"], "context": [TEXT, TEXT]}
    for table in (pandas.DataFrame(rows), datasets.Dataset.from_dict(rows)):
        assert answer(table)[0] == expected


def test_long_texts_are_read_some_windows_at_a_time_and_long_questions_are_cut(
    tiny: dict[str, Path],
) -> None:
    answer = pipeline("question-answering", tiny["question-answering"], device="cpu")
    long: dict[str, Any] = {"question": "How high is the tower on Gull Point? " * 20, "context": TEXT * 12}
    expected = answer(**long)
    assert is_passage(expected, TEXT * 12)
    seen: list[int] = []

    def count(_: Any, __: Any, given: dict[str, Any]) -> None:
        seen.append(len(given["input_ids"]))

    answer.model.register_forward_pre_hook(count, with_kwargs=True)
    assert answer(**long) == expected
    assert len(seen) > 1 and max(seen) <= 16
    assert answer(**long, doc_stride=5000, max_seq_len=5000)
