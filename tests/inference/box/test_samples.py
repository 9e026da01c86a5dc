"""Examples of cards, as the forms of their tasks take them."""

from __future__ import annotations

from typing import Any

import pytest

from openhearth.inference.box.declared import get_box
from openhearth.inference.box.samples import list_samples


@pytest.mark.parametrize(
    ("task", "example", "fields"),
    [
        ("text-classification", {"text": "Fine."}, {"text": "Fine."}),
        (
            "sentence-similarity",
            {"source_sentence": "A", "sentences": ["B", "C"]},
            {"source": "A", "sentences": "B\nC"},
        ),
        (
            "zero-shot-classification",
            {"text": "A goal", "candidate_labels": ["sport", "art"]},
            {"text": "A goal", "candidate_labels": "sport, art"},
        ),
        ("question-answering", {"text": "Who?", "context": "Ana."}, {"question": "Who?", "context": "Ana."}),
        (
            "table-question-answering",
            {"text": "Who?", "table": {"name": ["Ana", "Bo"], "age": [3, 4]}},
            {"query": "Who?", "table": "name,age\nAna,3\nBo,4\n"},
        ),
        (
            "tabular-classification",
            {"structured_data": {"length": [5.1], "width": [3.5]}},
            {"table": "length,width\n5.1,3.5\n"},
        ),
        (
            "visual-question-answering",
            {"src": "a.png", "text": "What?"},
            {"picture": "a.png", "question": "What?"},
        ),
        ("zero-shot-image-classification", {"src": "a.png", "candidate_labels": "cat, dog"},
         {"picture": "a.png", "candidate_labels": "cat, dog"}),
        ("text-generation", {"messages": [{"role": "user", "content": "Hello"}]}, {"text": "Hello"}),
    ],
)  # fmt: skip
def test_an_example_fills_the_fields(task: str, example: dict[str, Any], fields: dict[str, str]) -> None:
    (sample,) = list_samples({"widget": [example]}, get_box(task), href_of=lambda name: f"/{name}")
    assert sample.fields == fields
    assert sample.src == ("/a.png" if "src" in example else None)


def test_what_an_example_leaves_out_is_filled_with_ours() -> None:
    (sample,) = list_samples(
        {"widget": [{"text": "A goal"}]}, get_box("zero-shot-classification"), href_of=str
    )
    assert sample.fields["text"] == "A goal" and "politics" in sample.fields["candidate_labels"]


@pytest.mark.parametrize(
    "widget",
    ["words", [3], [{"src": "https://else.where/a.png"}], [{"src": "../a.png"}], [{"src": "ours/cat.jpg"}],
     [{"table": {"a": [1], "b": []}}], [{"text": "no picture"}]],
)  # fmt: skip
def test_examples_that_cannot_be_shown_are_left_out_for_ours(widget: Any) -> None:
    (sample,) = list_samples({"widget": widget}, get_box("image-classification"), href_of=str)
    assert sample.fields == {"picture": "ours/cat.jpg"}
