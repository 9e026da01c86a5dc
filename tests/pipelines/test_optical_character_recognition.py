"""Text read from pictures by the starter's networks, line by line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ImageToTextOutput
from PIL import Image, ImageDraw, ImageFont

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.model_folder import read_model_folder
from openhearth.pipelines.optical_character_recognition import Line, in_rows, joined
from openhearth.pipelines.reading import Reader
from openhearth.pipelines.tasks import TASKS
from openhearth.pipelines.ways import find_way, tasks_of
from tests.support.starter import starter_folder


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENHEARTH_DATA", str(tmp_path_factory.mktemp("data")))
        return pipeline("read the text in this picture", model=starter_folder("rapidocr"), threads=1)


def page_of(*lines: tuple[int, int, str], size: tuple[int, int] = (640, 360)) -> Image.Image:
    """A white page with texts at places."""
    page = Image.new("RGB", size, "white")
    for left, top, text in lines:
        ImageDraw.Draw(page).text((left, top), text, font=ImageFont.load_default(size=26), fill="black")
    return page


@pytest.mark.run
def test_lines_are_read_in_the_order_of_reading_with_their_places(read: Any) -> None:
    assert read.choice.task.name == "optical-character-recognition"
    page = page_of((40, 90, "Total"), (40, 30, "Invoice 2024-0017"), (420, 92, "EUR 1,249.50"))
    (answer,) = read(page)
    assert answer["generated_text"] == "Invoice 2024-0017\nTotal  EUR 1,249.50"
    assert [line["text"] for line in answer["lines"]] == ["Invoice 2024-0017", "Total", "EUR 1,249.50"]
    right = answer["lines"][2]
    assert right["score"] > 0.9
    assert right["box"]["xmin"] == pytest.approx(420, abs=6) and 80 < right["box"]["ymin"] < 100
    assert ImageToTextOutput.parse_obj_as_list([answer])[0]["generated_text"] == answer["generated_text"]


@pytest.mark.run
def test_it_reads_where_a_description_is_asked_for_but_is_not_chosen_for_that() -> None:
    folder = read_model_folder(starter_folder("rapidocr"))
    way = find_way(TASKS["image-to-text"], folder)
    assert way is not None and way.how == "reading the text on it" and not way.is_offered
    assert tasks_of(folder)[0] == "optical-character-recognition"


@pytest.mark.run
def test_words_have_places_of_their_own(read: Any) -> None:
    (answer,) = read(page_of((40, 30, "Pay by Friday")), words=True)
    (line,) = answer["lines"]
    assert [word["text"] for word in line["words"]] == ["Pay", "by", "Friday"]
    lefts = [word["box"]["xmin"] for word in line["words"]]
    assert lefts == sorted(lefts) and lefts[2] > lefts[0] + 60


@pytest.mark.run
def test_files_bytes_and_lists_are_read_and_an_empty_page_has_no_text(read: Any, tmp_path: Path) -> None:
    page = page_of((40, 30, "Hearth"))
    page.save(tmp_path / "page.png")
    content = io.BytesIO()
    page.save(content, "PNG")
    one, two = read([str(tmp_path / "page.png"), content.getvalue()])
    assert one == two and one[0]["generated_text"] == "Hearth"
    assert read(Image.new("RGB", (200, 100), "white")) == [{"generated_text": "", "lines": []}]


@pytest.mark.run
def test_what_is_read_unsurely_is_left_out_on_demand(read: Any) -> None:
    page = page_of((40, 30, "Hearth"))
    assert read(page, threshold=1.0)[0]["lines"] == []
    with pytest.raises(Invalid, match="threshold: "):
        read(page, threshold=3)


@pytest.mark.run
def test_a_text_called_a_picture_and_a_folder_without_networks_are_refused(read: Any, tmp_path: Path) -> None:
    letter = tmp_path / "letter.png"
    letter.write_text("Dear Ana")
    with pytest.raises(Invalid, match="no picture that can be read"):
        read(letter)
    card = (starter_folder("rapidocr") / "README.md").read_text()
    (tmp_path / "README.md").write_text(card)
    (tmp_path / "one_rec_small.onnx").write_bytes(b"nothing")
    with pytest.raises(Invalid, match="holds no "):
        pipeline("optical-character-recognition", model=tmp_path)
    for name in ("a_det_b.onnx", "a_rec_b.onnx", "a_cls_b.onnx"):
        (tmp_path / name).write_bytes(b"no network")
    with pytest.raises(Invalid, match="cannot be loaded"):
        pipeline("optical-character-recognition", model=tmp_path)


@pytest.mark.run
def test_the_scanned_pages_of_a_pdf_are_read_one_after_the_other(read: Any, tmp_path: Path) -> None:
    pages = [page_of((40, 30, "Hearth one")), page_of((40, 30, "Hearth two"))]
    pages[0].save(tmp_path / "scan.pdf", save_all=True, append_images=pages[1:])
    assert [answer[0]["generated_text"] for answer in read(tmp_path / "scan.pdf")] == [
        "Hearth one",
        "Hearth two",
    ]
    pages[0].save(tmp_path / "one.pdf")
    assert read(str(tmp_path / "one.pdf"))[0]["generated_text"] == "Hearth one"


def test_a_pdf_without_pictures_or_broken_is_refused(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    blank = PdfWriter()
    blank.add_blank_page(200, 200)
    blank.write(tmp_path / "blank.pdf")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    reader = Reader("image")
    with pytest.raises(Invalid, match="holds no pictures of pages"):
        reader.read(tmp_path / "blank.pdf")
    with pytest.raises(Invalid, match="the PDF cannot be read"):
        reader.read(tmp_path / "broken.pdf")


def test_lines_beside_each_other_make_a_row() -> None:
    def line(text: str, left: int, top: int, height: int = 20) -> Line:
        return Line(text, 1.0, (left, top, left + 50, top + height))

    lines = [line("d", 200, 42), line("a", 0, 0), line("c", 0, 40), line("b", 100, 6, 12)]
    assert [[each.text for each in row] for row in in_rows(lines)] == [["a", "b"], ["c", "d"]]
    assert joined(lines) == "a  b\nc  d"
    assert joined([]) == ""
