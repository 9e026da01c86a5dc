"""The low-level twins of finding faces and reading text print what the pipeline answered."""

from __future__ import annotations

import pytest

from openhearth.pipelines import pipeline
from tests.pipelines.test_explain import printed_by_twin
from tests.support.starter import starter_folder

pytestmark = pytest.mark.run


def test_the_twin_of_finding_faces_prints_their_boxes_and_scores() -> None:
    folder = starter_folder("faces")
    pipe = pipeline("face-detection", model=folder)
    rows = pipe(str(folder / "examples" / "astronaut.jpg"), threshold=0.1)
    printed = [line.split() for line in printed_by_twin(pipe).splitlines()]
    assert [[int(side) for side in line[1:]] for line in printed] == [
        list(row["box"].values()) for row in rows
    ]
    assert [float(line[0]) for line in printed] == pytest.approx([row["score"] for row in rows], abs=1e-3)


def test_the_twin_of_reading_text_prints_the_lines() -> None:
    folder = starter_folder("rapidocr")
    pipe = pipeline("optical-character-recognition", model=folder, threads=1)
    (answer,) = pipe(str(folder / "examples" / "invoice.png"))
    assert printed_by_twin(pipe) == answer["generated_text"]


def test_the_twin_of_an_album_finds_the_same_people() -> None:
    folder, portraits = starter_folder("faces"), starter_folder("portraits") / "data"
    album = pipeline("face-recognition", model=folder)
    album.tag("Ana", portraits / "biden.jpg")
    rows = album(str(portraits / "biden.jpg"))
    assert printed_by_twin(album) == f"{rows[0]['label']} {rows[0]['score']:.3f} {portraits / 'biden.jpg'}"
