"""Answers about pictures as a terminal shows them."""

from __future__ import annotations

from typing import Any

import pytest

from openhearth.cli.run_shown import show
from openhearth.pipelines.tasks import get_task

BOX = {"xmin": 1, "ymin": 2, "xmax": 30, "ymax": 40}


@pytest.mark.parametrize(
    ("task", "answer", "shown"),
    [
        ("face-detection", [{"score": 0.5, "label": "face", "box": BOX}], "0.500  face  (1, 2) – (30, 40)"),
        ("face-detection", [], "nothing found"),
        ("face-detection", [[], [{"score": 0.5, "label": "face", "box": BOX}]], "nothing found\n\n0.500  face  (1, 2) – (30, 40)"),
        ("face-recognition", [{"score": 1.0, "label": "Ana", "box": BOX, "path": "a.jpg"}], "1.000  Ana  (1, 2) – (30, 40)  a.jpg"),
        ("image-segmentation", [{"score": None, "label": "steel", "mask": object()}], "       steel"),
        (
            "document-question-answering",
            [{"score": 1.0, "answer": "EUR 9", "start": 4, "end": 5, "words": [4, 5]}],
            "EUR 9  (words 4–5)  1.000",
        ),
        ("question-answering", {"score": 0.5, "answer": "steel", "start": 0, "end": 5}, "steel  (characters 0–5)  0.500"),
    ],
)  # fmt: skip
def test_places_and_scores_are_spelled_out(task: str, answer: Any, shown: str) -> None:
    assert show(get_task(task), answer) == shown
