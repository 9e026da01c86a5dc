"""An album: a face tagged once is found again in other photos, by name; the photos are real."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from openhearth.config import load_settings
from openhearth.errors import HubError, Invalid, NotFound
from openhearth.pipelines import pipeline
from tests.support.photos import side_by_side

pytestmark = pytest.mark.run
OBAMA, BIDEN = "Barack Obama", "Joe Biden"


def names_of(rows: list[dict[str, Any]]) -> list[str]:
    return [Path(row["path"]).name for row in rows]


@pytest.fixture
def couple(tmp_path: Path, portraits: Path) -> Path:
    """One photo with both."""
    return side_by_side(tmp_path / "couple.jpg", portraits / "biden.jpg", portraits / "obama2.jpg")


def test_a_face_tagged_once_is_found_again_in_a_folder_by_name(album: Any, portraits: Path) -> None:
    album.tag(OBAMA, portraits / "obama.jpg")
    found = album.find(OBAMA, in_=portraits)
    assert set(names_of(found)) == {
        "obama.jpg", "obama2.jpg", "obama3.jpg", "obama_partial_face.jpg", "obama_partial_face2.jpg"
    }  # fmt: skip
    assert [row["score"] for row in found] == sorted((row["score"] for row in found), reverse=True)
    assert found[0]["score"] == pytest.approx(1) and names_of(found)[0] == "obama.jpg"
    with Image.open(found[-1]["path"]) as photo:
        box = found[-1]["box"]
        assert (
            0 <= box["xmin"] < box["xmax"] <= photo.width and 0 <= box["ymin"] < box["ymax"] <= photo.height
        )


def test_without_a_name_every_face_is_answered_with_its_own(
    album: Any, portraits: Path, couple: Path
) -> None:
    album.tag(OBAMA, portraits / "obama.jpg")
    left, right = sorted(album(couple), key=lambda row: row["box"]["xmin"])
    assert (left["label"], right["label"]) == ("unknown", OBAMA)
    album.tag(BIDEN, couple, box=left)
    assert {row["label"] for row in album(portraits / "biden.jpg")} == {BIDEN}
    assert {row["label"] for row in album([couple, portraits / "obama3.jpg"])} == {OBAMA, BIDEN}


def test_plain_words_open_an_album_and_a_sentence_finds_the_person(
    album: Any, faces: Path, portraits: Path
) -> None:
    album = pipeline("find this person in my photo album", model=faces, threads=1)
    assert album.choice.task.name == "face-recognition"
    album.tag("Ana", portraits / "biden.jpg")
    album.tag(OBAMA, portraits / "obama.jpg")
    assert names_of(album("show me Ana at the beach", in_=portraits)) == ["biden.jpg"]
    assert len(album("photos of Obama, please", in_=portraits)) == 5
    assert len(album(portraits, name="barack obama", top_k=2)) == 2


def test_what_is_not_this_person_is_not_found_again(album: Any, portraits: Path) -> None:
    album.tag(OBAMA, portraits / "obama.jpg")
    album.not_this(OBAMA, portraits / "obama3.jpg")
    assert "obama3.jpg" not in names_of(album.find(OBAMA, in_=portraits))
    with pytest.raises(Invalid, match=r"nobody on .* is taken for Barack Obama"):
        album.not_this(OBAMA, portraits / "biden.jpg")
    album.untag(OBAMA, portraits / "obama3.jpg")
    assert "obama3.jpg" in names_of(album.find(OBAMA, in_=portraits))


def test_the_album_is_there_the_next_time_and_reads_no_photo_twice(
    album: Any, faces: Path, portraits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.tag(OBAMA, portraits / "obama.jpg")
    found = album.find(OBAMA, in_=portraits)
    again = pipeline("face-recognition", model=faces, threads=1)

    def look(image: Image.Image, **rest: Any) -> None:
        raise AssertionError("a photo that was read before is looked at again")

    monkeypatch.setattr(again.worker._reader.finder, "find", look)
    assert again.find(OBAMA, in_=portraits) == found


def test_forgetting_somebody_deletes_every_vector_and_leaves_the_others(album: Any, portraits: Path) -> None:
    album.tag(OBAMA, portraits / "obama.jpg")
    album.tag("Ana", portraits / "biden.jpg")
    album(portraits)
    (vector,) = [
        tag.face.vector.tobytes() for tag in album.worker._book.list_tags() if tag.face.name == OBAMA
    ]
    file = load_settings().data / "album.db"
    assert vector in file.read_bytes()
    album.forget(OBAMA)
    assert vector not in file.read_bytes()
    assert album.names == {"Ana": 1}
    assert len(album.worker._book.all_photos()) == 1
    with pytest.raises(NotFound, match="tagged are Ana"):
        album.find(OBAMA, in_=portraits)


def test_what_is_kept_only_its_owner_can_read(album: Any, portraits: Path) -> None:
    album.tag(OBAMA, portraits / "obama.jpg")
    assert stat.S_IMODE((load_settings().data / "album.db").stat().st_mode) == 0o600


def test_people_may_be_shown_for_one_call_alone(album: Any, portraits: Path) -> None:
    people = {"Ana": portraits / "biden.jpg", "Bo": [portraits / "obama.jpg", portraits / "obama2.jpg"]}
    rows = album(portraits, people=people)
    assert {row["label"] for row in rows if "obama" in row["path"]} == {"Bo"}
    assert album.names == {}


def test_a_face_that_was_not_found_is_tagged_by_its_box(album: Any, portraits: Path) -> None:
    turned = Image.open(portraits / "obama.jpg").convert("RGB").rotate(90, expand=True)
    assert album(turned) == []
    with pytest.raises(Invalid, match="no face is found"):
        album.tag(OBAMA, turned)
    said = album.tag(OBAMA, turned, box=(90, 160, 260, 340))
    assert said["box"] == {"xmin": 90, "ymin": 160, "xmax": 260, "ymax": 340}


def test_of_several_faces_one_must_be_chosen(album: Any, couple: Path) -> None:
    with pytest.raises(Invalid, match=r'2 faces are on .*couple.jpg: \(\d+, .*box="largest"'):
        album.tag(OBAMA, couple)
    largest = album.tag(OBAMA, couple, box="largest")["box"]
    widths = [row["box"]["xmax"] - row["box"]["xmin"] for row in album(couple)]
    assert largest["xmax"] - largest["xmin"] == max(widths)
    for box in ("left", (1, 2, 3), (5, 5, 5, 5), {"xmin": 3}):
        with pytest.raises(Invalid, match="box: "):
            album.tag(OBAMA, couple, box=box)


def test_files_of_a_folder_that_are_no_pictures_are_left_out_and_named(
    album: Any, portraits: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.jpg").write_bytes((portraits / "obama.jpg").read_bytes()[:2000])
    (tmp_path / "letter.png").write_text("Dear Ana")
    (tmp_path / "notes.txt").write_text("not even called a picture")
    (tmp_path / "within").mkdir()
    (tmp_path / "within" / "good.jpg").write_bytes((portraits / "biden.jpg").read_bytes())
    assert names_of(album(tmp_path)) == ["good.jpg"]
    assert [path.name for path, _ in album.skipped] == ["broken.jpg", "letter.png"]
    assert all("no picture that can be read" in reason for _, reason in album.skipped)
    assert any("2 of 3 files" in note.message for note in album.notes)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda album, folder: album.find("Ana", in_=folder), "nobody is tagged yet"),
        (lambda album, folder: album(folder), "there is no photo in"),
        (lambda album, folder: album(), "inputs: are missing"),
        (lambda album, folder: album("show me somebody"), "neither a link nor a file"),
        (lambda album, folder: album.tag("Ana", folder / "gone.jpg"), "neither a link nor a file|cannot be read"),
        (lambda album, folder: album.tag("Ana", b"no picture"), "no picture that can be read"),
        (lambda album, folder: album.tag("", Image.new("RGB", (64, 64))), "name: is missing"),
        (lambda album, folder: album.tag("A" * 300, Image.new("RGB", (64, 64))), "at most 200"),
        (lambda album, folder: album.tag("Ana", Image.new("RGB", (64, 64))), "no face is found"),
        (lambda album, folder: album.tag("Ana", 5), "int is no image"),
        (lambda album, folder: album.forget("Ana"), "nobody called 'Ana' is tagged"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(album: Any, tmp_path: Path, call: Any, words: str) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(HubError, match=words):
        call(album, empty)


def test_faces_without_a_name_are_grouped_and_a_group_is_named_at_once(album: Any, portraits: Path) -> None:
    first, *others = album.unnamed(portraits)
    assert first["count"] == len(first["faces"]) >= 4 and sum(group["count"] for group in others) <= 2
    assert all("obama" in Path(row["path"]).name for row in first["faces"])
    album.tag(OBAMA, first)
    assert album.names == {OBAMA: first["count"]}
    assert album.count_people(portraits) == {OBAMA: 5}
    assert [group["count"] for group in album.unnamed(portraits)] == [1]


def test_more_tags_of_a_person_find_what_one_does_not(album: Any, portraits: Path) -> None:
    album.tag(OBAMA, portraits / "obama.jpg")
    one = {row["path"]: row["score"] for row in album.find(OBAMA, in_=portraits, threshold=0)}
    album.tag(OBAMA, portraits / "obama2.jpg")
    both = {row["path"]: row["score"] for row in album.find(OBAMA, in_=portraits, threshold=0)}
    assert all(both[path] >= score - 1e-6 for path, score in one.items())
    assert sum(both.values()) > sum(one.values()) + 0.2
