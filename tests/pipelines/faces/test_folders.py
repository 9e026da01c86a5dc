"""Folders of photos over time: what changed is looked at, the rest is remembered, and nothing that happens to it is fatal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openhearth.config import load_settings
from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.faces import photos as photo_files
from openhearth.pipelines.faces import reading
from openhearth.pipelines.faces.people import People, Tagged
from openhearth.pipelines.faces.photos import open_photo

pytestmark = pytest.mark.run
HERE = Path(__file__).parent


@pytest.fixture
def folder(portraits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three photos."""
    monkeypatch.setattr(reading, "_SETTLED_NS", 0)  # they lie there for a while
    (tmp_path / "photos").mkdir()
    for name in ("obama.jpg", "obama2.jpg", "biden.jpg"):
        shutil.copy(portraits / name, tmp_path / "photos" / name)
    return tmp_path / "photos"


@pytest.fixture
def reads(album: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Which files are read and which are looked at, from now on."""
    heard: dict[str, list[str]] = {"read": [], "looked": count_looks(album, monkeypatch)}

    def reading_bytes(path: Path) -> bytes:
        heard["read"].append(path.name)
        return photo_files.read_bytes(path)

    monkeypatch.setattr(reading, "read_bytes", reading_bytes)
    return heard


def names(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(Path(row["path"]).name for row in rows)


def test_a_later_search_opens_no_file_and_sees_what_changed(
    album: Any, folder: Path, portraits: Path, reads: dict[str, list[str]]
) -> None:
    assert names(album(folder)) == ["biden.jpg", "obama.jpg", "obama2.jpg"]
    assert sorted(reads["read"]) == ["biden.jpg", "obama.jpg", "obama2.jpg"]
    reads["read"].clear()
    assert names(album(folder)) == ["biden.jpg", "obama.jpg", "obama2.jpg"] and not reads["read"]

    (folder / "obama.jpg").rename(folder / "renamed.jpg")
    (folder / "obama2.jpg").unlink()
    shutil.copy(portraits / "obama3.jpg", folder / "new.jpg")
    with Image.open(portraits / "biden.jpg") as photo:
        photo.rotate(3).save(folder / "biden.jpg")
    assert names(album(folder)) == ["biden.jpg", "new.jpg", "renamed.jpg"]
    assert sorted(reads["read"]) == ["biden.jpg", "biden.jpg", "new.jpg", "renamed.jpg"]
    assert len(reads["looked"]) == 1, "only the photo that is unlike any before is looked at"
    book = album.worker._book
    assert not {"obama.jpg", "obama2.jpg"} & {path.name for path in book.find_files(folder)}


def test_a_search_that_is_stopped_goes_on_where_it_was(
    faces: Path, portraits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    album = pipeline("face-recognition", model=faces, threads=1)
    calls = count_looks(album, monkeypatch, most=2)
    with pytest.raises(KeyboardInterrupt):
        album(portraits)
    assert len(calls) == len(album.worker._book.all_photos()) == 2
    again = pipeline("face-recognition", model=faces, threads=1)
    calls = count_looks(again, monkeypatch)
    assert len(again(portraits)) == 6 and len(calls) == 4


def count_looks(album: Any, monkeypatch: pytest.MonkeyPatch, *, most: int = 99) -> list[str]:
    """Grows with each photo that `album` looks at; behind `most`, somebody presses Ctrl-C."""
    finder, calls = album.worker._reader.finder, list[str]()
    find = finder.find

    def looking(image: Image.Image, **rest: Any) -> Any:
        if len(calls) == most:
            raise KeyboardInterrupt
        calls.append("a photo")
        return find(image, **rest)

    monkeypatch.setattr(finder, "find", looking)
    return calls


def test_two_processes_may_look_at_once(faces: Path, portraits: Path, tmp_path: Path) -> None:
    program = "import sys; from openhearth.pipelines import pipeline\n"
    program += "print(len(pipeline('face-recognition', model=sys.argv[1], threads=1)(sys.argv[2])))"
    small = tmp_path / "small"
    small.mkdir()
    for file in portraits.iterdir():
        with Image.open(file) as photo:
            photo.reduce(2).save(small / file.name)
    command = [sys.executable, "-c", program, str(faces), str(small)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].strip() for process in both]
    assert said[0] == said[1] and int(said[0]) >= 5
    assert (load_settings().data / "album.db").stat().st_size > 0


def test_a_photo_that_cannot_be_read_is_not_tried_again_and_is_named_by_where_it_lies(
    album: Any, folder: Path, reads: dict[str, list[str]]
) -> None:
    (folder / "torn.jpg").write_bytes((folder / "obama.jpg").read_bytes()[:3000])
    album(folder)
    (folder / "torn.jpg").rename(folder / "torn again.jpg")
    reads["looked"].clear()
    album(folder)
    ((path, reason),) = album.skipped
    assert path.name == "torn again.jpg" and str(path) in reason and not reads["looked"]


def test_a_photo_of_a_telephone_of_apple_is_read(album: Any, tmp_path: Path) -> None:
    shutil.copy(HERE / "astronaut.heic", tmp_path / "IMG_0001.HEIC")
    (row,) = album(tmp_path)
    assert row["path"].endswith("IMG_0001.HEIC") and row["score"] > 0.5


def test_without_the_library_for_them_such_photos_are_left_out_and_the_remedy_is_named(
    album: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_files, "_can_read_heic", lambda: False)
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    monkeypatch.setattr("openhearth.pipelines.machine.find_spec", lambda name: None)
    shutil.copy(HERE / "astronaut.heic", folder / "IMG_0001.heic")
    assert len(album(folder)) == 3
    ((path, reason),) = album.skipped
    assert path.name == "IMG_0001.heic" and "pip install 'openhearth[vision]'" in reason
    with pytest.raises(Unsupported, match="HEIC"):
        open_photo((HERE / "astronaut.heic").read_bytes(), "IMG_0001.heic")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_large_photo_is_read_small_and_upright(format: str, tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # the left edge is the top
    file = tmp_path / "large"
    whole = Image.new("RGB", (4800, 3600), "white")
    whole.paste("red", (0, 0, 2400, 3600))
    whole.save(file, format, exif=turned)
    image, scale = open_photo(file.read_bytes(), "large")
    assert image.size == (round(3600 * scale), round(4800 * scale)) and 1600 <= max(image.size) < 3200
    red, white = image.getpixel((600, 100)), image.getpixel((600, image.height - 100))
    assert isinstance(red, tuple) and red[0] > 200 > 60 > red[1]
    assert isinstance(white, tuple) and min(white) > 200


def test_a_photo_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    file = tmp_path / "bomb.png"
    Image.new("1", (20_000, 20_000)).save(file)
    with pytest.raises(
        Invalid, match=r"bomb\.png (has 20000 by 20000 pixels|is no picture that can be read)"
    ):
        open_photo(file.read_bytes(), "bomb.png")


def test_ten_thousand_faces_are_compared_with_many_people_at_once() -> None:
    random = np.random.default_rng(7)
    centres = random.normal(size=(50, 128)).astype(np.float32)
    tagged = [Tagged(f"person {n % 50:02}", centres[n % 50] + np.float32(n / 1e4)) for n in range(200)]
    faces = np.repeat(centres, 200, axis=0)
    found = People(tagged).recognise_all(faces)
    assert [like.name for like in found if like] == [f"person {n:02}" for n in range(50) for _ in range(200)]
