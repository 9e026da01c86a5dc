"""What is drawn of answers in the shapes that pipelines give them."""

from __future__ import annotations

import base64
import io
import re
import wave
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openhearth.inference.box.asking import Answer
from openhearth.inference.box.declared import get_box
from openhearth.inference.box.drawings import draw
from openhearth.inference.box.drawings.files import EMBEDDED_MAX_BYTES, look_at_picture, media_href, read_wave
from openhearth.inference.box.drawings.records import Drawing, Overlay, Plain, Transcript, Vectors
from openhearth.inference.box.given import Given, GivenFile
from openhearth.inference.box.shown import to_json
from openhearth.web import Web
from tests.inference.box.answers import BOX, CASES, PICTURE, SENTENCE
from tests.inference.box.conftest import drawing_of, html_of_drawing
from tests.pipelines.tiny_models import png_bytes, wav_bytes


@pytest.mark.parametrize(
    ("task", "value", "fields", "says"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)]
)
def test_an_answer_is_drawn_as_people_look_at_it(
    web: Web, task: str, value: Any, fields: dict[str, Any], says: list[str]
) -> None:
    drawing = drawing_of(task, value, **fields)
    html = html_of_drawing(web, drawing)
    assert not isinstance(drawing, Plain)
    assert [words for words in says if words not in html] == []
    assert "style=" not in html


@pytest.mark.parametrize(
    "task", ["text-classification", "object-detection", "question-answering", "decision"]
)
@pytest.mark.parametrize("value", [None, "words", 3, [], {}, [[1, 2]], {"other": "shape"}])
def test_an_answer_of_another_shape_is_left_to_its_json(web: Web, task: str, value: Any) -> None:
    drawing = drawing_of(task, value, text="A", context="A", picture=PICTURE)
    assert html_of_drawing(web, drawing).strip() == "" or not isinstance(drawing, Plain)


def test_sentences_are_compared_each_with_each(web: Web) -> None:
    given = Given(
        box=get_box("sentence-similarity"), fields={"source": "A", "sentences": ["B", "C"]}, parameters={}
    )
    nearness = [[1.0, 0.6, -0.1], [0.6, 1.0, 0.2], [-0.1, 0.2, 1.0]]
    html = html_of_drawing(web, draw(given, Answer(value=nearness[0][1:], nearness=nearness)))
    assert html.count("draw-matrix__cell ") == 9 and "0.60" in html and "-0.10" in html


@pytest.mark.parametrize(
    ("task", "kind", "says"),
    [("text-to-image", "image/png", "<img"), ("text-to-video", "video/mp4", "<video"), ("text-to-speech", "audio/wav", "<audio")],
)  # fmt: skip
def test_what_was_made_is_shown_and_can_be_taken_along(web: Web, task: str, kind: str, says: str) -> None:
    content = {"image/png": png_bytes(), "audio/wav": wav_bytes()}.get(kind, b"film")
    given = Given(box=get_box(task), fields={"prompt": "iron", "text": "iron"}, parameters={})
    html = html_of_drawing(web, draw(given, Answer(content=content, content_type=kind)))
    assert says in html and f"data:{kind};base64," in html and "download=" in html


def test_an_answer_says_html_as_words(web: Web) -> None:
    evil = "<script>alert(1)</script>"
    drawings = [
        drawing_of("text-classification", [{"label": evil, "score": 0.5}]),
        drawing_of("summarization", [{"summary_text": evil}], text=evil),
        drawing_of("token-classification", [{"entity": evil, "score": 1, "start": 0, "end": 8}], text=evil),
        drawing_of("object-detection", [{"label": evil, "score": 0.5, "box": BOX}], picture=PICTURE),
        drawing_of("tabular-regression", [evil], table={evil: [evil]}),
    ]
    for drawing in drawings:
        html = html_of_drawing(web, drawing)
        assert "<script" not in html and "&lt;" in html


def test_overlapping_marks_do_not_repeat_the_text() -> None:
    rows = [
        {"entity": "A", "score": 1.0, "start": 0, "end": 5},
        {"entity": "B", "score": 1.0, "start": 3, "end": 8},
        {"entity": "C", "score": 1.0, "start": 8, "end": 8},
    ]
    drawing: Any = drawing_of("token-classification", rows, text=SENTENCE)
    assert "".join(piece.text for piece in drawing.pieces) == SENTENCE


def test_words_with_times_become_lines_and_subtitles() -> None:
    words = ["One", "two", "three."]
    chunks = [{"text": word, "timestamp": [n * 1.0, n + 0.5]} for n, word in enumerate(words)]
    drawing = drawing_of("automatic-speech-recognition", {"text": " ".join(words), "chunks": chunks})
    assert isinstance(drawing, Transcript)
    assert [line.text for line in drawing.lines] == ["One two three."]
    srt = base64.b64decode(drawing.srt_href.partition("base64,")[2]).decode()
    assert srt.startswith("1\n00:00:00,000 --> 00:00:02,500\nOne two three.\n")


def test_the_cells_of_a_strip_are_those_of_the_vector() -> None:
    numbers = np.linspace(-1, 1, 384).tolist()
    drawing = drawing_of("feature-extraction", numbers)
    assert isinstance(drawing, Vectors)
    (strip,) = drawing.strips
    cells = [int(at) for shade in strip.shades for at in re.findall(r"M(\d+) ", shade.path)]
    assert sorted(cells) == list(range(384))


def test_a_picture_that_lies_on_its_side_is_measured_upright() -> None:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(stream, "JPEG", exif=exif)
    picture = look_at_picture(GivenFile(content=stream.getvalue()), "")
    assert picture is not None and (picture.width, picture.height) == (20, 40)


def test_a_file_that_is_too_large_is_not_embedded() -> None:
    large = png_bytes() + bytes(EMBEDDED_MAX_BYTES)
    picture = look_at_picture(GivenFile(content=large), "")
    assert picture is not None and picture.href is None
    assert media_href(GivenFile(content=b"OggS" + bytes(EMBEDDED_MAX_BYTES)), "sound") is None
    assert (
        media_href(GivenFile(content=b"\0\0\0\x20ftypisom"), "film")
        == "data:video/mp4;base64,AAAAIGZ0eXBpc29t"
    )
    assert media_href(GivenFile(content=b"<svg onload=alert(1)>"), "sound") is None


def test_an_overlay_without_a_picture_that_can_be_read_is_left_to_its_json() -> None:
    assert isinstance(drawing_of("object-detection", [], picture=GivenFile(content=b"no picture")), Plain)


@pytest.mark.parametrize(("width", "silence"), [(1, 128), (2, 0), (4, 0)])
def test_a_wave_of_any_width_is_read(width: int, silence: int) -> None:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(width)
        file.setframerate(8000)
        file.writeframes(silence.to_bytes(width, "little") * 2 * 800)
    read = read_wave(stream.getvalue())
    assert read is not None and len(read[0]) == 800 and read[1] == 0.1 and not read[0].any()
    assert read_wave(b"RIFF of something else") is None


def test_long_json_is_cut_and_says_so() -> None:
    shown = to_json(Answer(value={"mask": "x" * 5000, "vector": [[0.0] * 384], "few": [1, 2]}))
    assert "5,000 characters" in shown and "more" in shown and len(shown) < 2000
    made = replace(Answer(), content=b"abc", content_type="image/png")
    assert '"size_bytes": 3' in to_json(made)


def test_a_label_stays_within_the_picture() -> None:
    drawing = drawing_of("object-detection", [{"label": "cat", "score": 1.0, "box": BOX}], picture=PICTURE)
    assert isinstance(drawing, Overlay) and 0 < drawing.letter < 40


def test_every_kind_of_drawing_has_its_macro(web: Web) -> None:
    kinds = {kind.kind for kind in Drawing.__subclasses__()}
    macros = web.environment.get_template("inference/drawings.html").module
    assert {kind for kind in kinds if not hasattr(macros, kind)} == set()
