"""Examples of the box: what a card gives, and what is ours."""

from __future__ import annotations

from typing import Any

from openhearth.inference.box.declared import BOXES
from openhearth.inference.box.samples import list_samples

CHAT: dict[str, Any] = {
    "widget": [{"messages": [{"role": "user", "content": "What is the capital of France?"}]}]
}


def test_a_question_to_a_chat_is_not_put_to_our_passage() -> None:
    (sample,) = list_samples(CHAT, BOXES["question-answering"], href_of=str)
    assert sample.fields == BOXES["question-answering"].example


def test_a_card_that_brings_question_and_passage_is_believed() -> None:
    card = {"widget": [{"text": "Who melts?", "context": "Ada melts iron.", "example_title": "Ada"}]}
    (sample,) = list_samples(card, BOXES["question-answering"], href_of=str)
    assert (sample.title, sample.fields["context"]) == ("Ada", "Ada melts iron.")


def test_labels_that_a_card_leaves_out_are_ours() -> None:
    box = BOXES["zero-shot-classification"]
    (sample,) = list_samples({"widget": [{"text": "Iron melts."}]}, box, href_of=str)
    assert sample.fields["text"] == "Iron melts."
    assert set(sample.fields) == set(box.example)
