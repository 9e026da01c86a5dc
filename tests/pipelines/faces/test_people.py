"""Whose face it is, which name is meant, and what is kept: the parts of an album that need no photo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openhearth.errors import Invalid
from openhearth.pipelines.faces.book import Book, Face, Tag
from openhearth.pipelines.faces.boxes import Box
from openhearth.pipelines.faces.names import find_name
from openhearth.pipelines.faces.people import People, Tagged


def at(*numbers: float) -> Any:
    vector = np.zeros(128, np.float32)
    vector[: len(numbers)] = numbers
    return vector


def test_the_nearest_name_is_chosen_and_its_score_falls_with_the_distance() -> None:
    people = People([Tagged("Ana", at(0)), Tagged("Ben", at(1)), Tagged("Ana", at(0, 1))])
    near = people.recognise(at(0.3))
    assert near is not None and near.name == "Ana" and near.score == pytest.approx(0.75)
    far = people.recognise(at(9))
    assert far is not None and far.name == "Ben" and far.score == 0
    assert People([]).recognise(at(0)) is None


def test_a_correction_speaks_for_faces_that_are_more_like_it_than_like_the_person() -> None:
    people = People([Tagged("Ana", at(0)), Tagged("Ana", at(0.5), is_refused=True)])
    assert people.recognise(at(0.4)) is None
    kept = people.recognise(at(0.1))
    assert kept is not None and kept.name == "Ana"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Ana", "Ana"),
        ("show me ANA at the beach", "Ana"),
        ("Ana-Maria", "Ana Maria"),
        ("where is Ana Maria?", "Ana Maria"),
        ("pictures of Löwe", "Peter Löwe"),
        ("Anatol", None),
        ("", None),
    ],
)
def test_a_name_is_found_in_a_sentence_by_whole_words(words: str, name: str | None) -> None:
    known = ["Ana", "Peter Löwe"] if "Maria" not in words else ["Ana Maria", "Peter Löwe"]
    assert find_name(words, known) == name


def test_a_name_that_may_be_two_people_is_asked_back() -> None:
    with pytest.raises(Invalid, match="may be Ana Lopez or Ana Silva; give the whole name"):
        find_name("photos of Ana", ["Ana Silva", "Ana Lopez"])


def test_a_tag_takes_the_place_of_what_was_said_of_the_same_face(tmp_path: Path) -> None:
    book = Book(tmp_path / "album.db", "network")
    box = Box(1, 2, 3, 4)
    book.tag(Tag(Tagged("Ana", at(1)), "a.jpg", "hash", box))
    book.tag(Tag(Tagged("Ana", at(1), is_refused=True), "a.jpg", "hash", box))
    (said,) = book.list_tags()
    assert said.face.is_refused and said.box == box and (said.face.vector == at(1)).all()


def test_photos_come_back_as_they_were_kept_and_only_for_their_network(tmp_path: Path) -> None:
    book = Book(tmp_path / "album.db", "network")
    face = Face(Box(1, 2, 3, 4), 0.75, at(1, 2))
    book.keep({"one": [face], "none": []})
    kept = book.find_photos(["one", "none", "other"])
    assert set(kept) == {"one", "none"} and kept["none"] == []
    assert kept["one"][0].box == face.box and (kept["one"][0].vector == face.vector).all()
    assert Book(tmp_path / "album.db", "another").find_photos(["one"]) == {}


def test_a_file_that_is_no_album_is_named(tmp_path: Path) -> None:
    (tmp_path / "album.db").write_text("this is a text, and a long one at that, as long as a header" * 3)
    with pytest.raises(Invalid, match=r"album\.db cannot be used"):
        Book(tmp_path / "album.db", "network").list_tags()
