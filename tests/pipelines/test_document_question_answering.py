"""Questions about pages: by a model that was taught to, with the words that our reader finds; or from the page's text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import DocumentQuestionAnsweringOutputElement
from PIL import Image

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.document_question_answering import words_of
from openhearth.pipelines.labelled_lines import find_labelled
from openhearth.pipelines.optical_character_recognition import Line, Word
from tests.pipelines import tiny_models, tiny_readers
from tests.support.starter import starter_folder

WORDS = [
    ("Invoice", [10, 10, 100, 30]),
    ("number", [110, 10, 200, 30]),
    ("12", [210, 10, 250, 30]),
    ("total", [10, 50, 80, 70]),
]
BLANK = Image.new("RGB", (200, 100), "white")


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which no model is installed."""
    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path / "starter"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    (tmp_path / "starter" / "converted").mkdir(parents=True)
    return tmp_path / "starter" / "converted"


@pytest.fixture(scope="module")
def text_reader() -> Path:
    """The folder of `starter/rapidocr`."""
    return starter_folder("rapidocr")


@pytest.fixture(scope="module")
def page_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_readers.make_page_reader(tmp_path_factory.mktemp("pages") / "model")


def test_with_the_words_given_the_answer_is_that_of_transformers(
    bare_machine: Path, page_reader: Path
) -> None:
    import transformers

    theirs = transformers.pipeline("document-question-answering", model=str(page_reader), device="cpu")
    given = {"image": BLANK, "question": "what number", "word_boxes": WORDS}
    expected = theirs(dict(given), top_k=3)
    pipe = pipeline(model=page_reader, device="cpu")
    assert pipe.choice.task.name == "document-question-answering"
    for found in (pipe(given, top_k=3), pipe(BLANK, "what number", word_boxes=WORDS, top_k=3)):
        assert [(row["answer"], row["start"], row["end"]) for row in found] == [
            (row["answer"], row["start"], row["end"]) for row in expected
        ]
        assert [row["score"] for row in found] == pytest.approx([row["score"] for row in expected], abs=1e-3)
    assert len(pipe([given, given], top_k=1)) == 2
    assert DocumentQuestionAnsweringOutputElement.parse_obj_as_list(expected)


def test_without_words_and_without_a_reader_the_remedy_is_named(
    bare_machine: Path, page_reader: Path
) -> None:
    pipe = pipeline(model=page_reader, device="cpu")
    with pytest.raises(Unsupported, match="openhearth starter rapidocr"):
        pipe(BLANK, "what number")
    with pytest.raises(Invalid, match="question: is missing"):
        pipe(BLANK)
    with pytest.raises(Invalid, match="image: is missing"):
        pipe({"question": "what number"})


@pytest.mark.run
def test_the_words_of_the_page_are_read_by_the_model_that_is_here(
    text_reader: Path, bare_machine: Path, page_reader: Path
) -> None:
    import transformers

    (bare_machine / text_reader.name).symlink_to(text_reader, target_is_directory=True)
    invoice = Image.open(text_reader / "examples" / "invoice.png").convert("RGB")
    pipe = pipeline(model=page_reader, device="cpu")
    (found,) = pipe(invoice, "what total")
    lines = pipe.worker.answering._reader.read(invoice)
    theirs = transformers.pipeline("document-question-answering", model=str(page_reader), device="cpu")
    (expected,) = theirs(
        {"image": invoice, "question": "what total", "word_boxes": words_of(lines, invoice.size)}
    )
    assert found["answer"] == expected["answer"] != ""
    assert found["score"] == pytest.approx(expected["score"], abs=1e-3)
    assert pipe(BLANK, "what total") == []


@pytest.mark.run
def test_where_no_model_reads_pages_the_text_is_read_and_answered_from(
    text_reader: Path, bare_machine: Path, tmp_path: Path
) -> None:
    (bare_machine / text_reader.name).symlink_to(text_reader, target_is_directory=True)
    made = tiny_models.make_bert_for(tmp_path / "made", what="QuestionAnswering", labels=["start", "end"])
    (made / "README.md").write_text("---\npipeline_tag: question-answering\nstarter_recipe: marks/1\n---\n")
    (bare_machine / "marks-1").symlink_to(made, target_is_directory=True)
    pipe = pipeline("answer questions about a scanned document", device="cpu")
    assert pipe.choice.model.name == "starter/rapidocr"
    assert "answering from its text" in str(pipe.choice)
    page = text_reader / "examples" / "invoice.png"
    (total,) = pipe(page, question="What is the total?")
    assert (total["answer"], total["words"]) == ("EUR 1,249.50", [4, 5])
    (other,) = pipe(page, "Who sends it?", max_seq_len=64, doc_stride=8)
    words = [
        "Invoice",
        "No.",
        "2024-0017",
        "Total:",
        "EUR",
        "1,249.50",
        "Please",
        "pay",
        "by",
        "15",
        "November.",
    ]
    assert other["answer"].split() and other["end"] < len(words)
    assert pipe(BLANK, "What is the total?") == []


def test_words_are_placed_in_thousandths_of_the_page() -> None:
    line = Line(
        "Total 12",
        1.0,
        (20, 10, 120, 30),
        (Word("Total", 1.0, (20, 10, 80, 30)), Word("12", 1.0, (90, 10, 120, 30))),
    )
    assert words_of([line], (200, 100)) == [("Total", [100, 100, 400, 300]), ("12", [450, 100, 600, 300])]
    assert words_of([Line("Hm", 1.0, (0, 0, 300, 200))], (200, 100)) == [("Hm", [0, 0, 1000, 1000])]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What is the total?", (1.0, 1, "EUR 9")),
        ("Total amount?", (0.5, 1, "EUR 9")),
        ("When is the payment due?", None),
        ("Which order number is it?", (1.0, 3, "A-12")),
        ("", None),
    ],
)
def test_a_line_that_names_what_is_asked_for_answers(question: str, found: Any) -> None:
    assert find_labelled(question, ["Invoice", "Total: EUR 9", "Due:", "Order number: A-12"]) == found
