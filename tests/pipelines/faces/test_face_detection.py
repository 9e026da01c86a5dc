"""Faces in pictures, in the shape of object-detection."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ObjectDetectionOutputElement
from PIL import Image

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines import pipeline
from tests.support.photos import side_by_side

pytestmark = pytest.mark.run


@pytest.fixture(scope="module")
def detect(faces: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENHEARTH_DATA", str(tmp_path_factory.mktemp("data")))
        return pipeline("find faces in a photo", model=faces)


def test_faces_have_the_shape_of_detected_objects(detect: Any, faces: Path) -> None:
    rows = detect(faces / "examples" / "astronaut.jpg")
    assert ObjectDetectionOutputElement.parse_obj_as_list(rows)[0].label == "face"
    assert rows[0]["score"] > 0.9
    assert rows[0]["box"]["xmin"] == pytest.approx(176, abs=8)
    assert rows[0]["box"]["ymax"] == pytest.approx(167, abs=8)


def test_the_boxes_of_a_large_picture_are_in_its_own_pixels(detect: Any, faces: Path) -> None:
    with Image.open(faces / "examples" / "astronaut.jpg") as photo:
        large = photo.resize((photo.width * 8, photo.height * 8))
    (face,) = detect(large)
    assert face["box"]["xmin"] == pytest.approx(176 * 8, rel=0.05)
    assert face["box"]["ymax"] == pytest.approx(167 * 8, rel=0.05)


def test_a_low_threshold_finds_more_and_surest_comes_first(detect: Any, faces: Path) -> None:
    photo = faces / "examples" / "astronaut.jpg"
    rows = detect(photo, threshold=0.1)
    assert len(rows) > len(detect(photo)) == 1
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    for threshold in (0, 1, 2):
        with pytest.raises(Invalid, match="threshold: "):
            detect(photo, threshold=threshold)


def test_several_faces_several_pictures_and_none(detect: Any, portraits: Path, tmp_path: Path) -> None:
    couple = side_by_side(tmp_path / "couple.jpg", portraits / "biden.jpg", portraits / "obama.jpg")
    empty = Image.new("RGB", (300, 200), "white")
    assert [len(rows) for rows in detect([couple, empty])] == [2, 0]


def test_a_photo_taken_sideways_is_turned_before_it_is_looked_at(detect: Any, faces: Path) -> None:
    with Image.open(faces / "examples" / "astronaut.jpg") as photo:
        exif = photo.getexif()
        exif[0x0112] = 6  # the camera was turned: the picture is shown a quarter to the right
        content = io.BytesIO()
        photo.rotate(90, expand=True).save(content, "JPEG", exif=exif)
    assert len(detect(content.getvalue())) == 1


def test_bytes_that_are_no_picture_are_refused(detect: Any, tmp_path: Path) -> None:
    text = tmp_path / "letter.jpg"
    text.write_text("Dear Ana, here is no picture at all.")
    for given in (str(text), b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(Invalid, match="no picture that can be read"):
            detect(given)
    with pytest.raises(NotFound, match="neither a link nor a file"):
        detect("find the faces, please")


def test_a_folder_without_its_files_or_with_broken_ones_is_refused(faces: Path, tmp_path: Path) -> None:
    for file in faces.glob("*.*"):
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "dlib_face_recognition_resnet_model_v1.dat").write_bytes(b"something else")
    album = pipeline("face-recognition", model=tmp_path)
    with pytest.raises(Invalid, match="no file that dlib can read"):
        album(faces / "examples" / "astronaut.jpg")
    (tmp_path / "shape_predictor_5_face_landmarks.dat").unlink()
    with pytest.raises(Invalid, match="holds no shape_predictor_5"):
        pipeline("face-detection", model=tmp_path)
