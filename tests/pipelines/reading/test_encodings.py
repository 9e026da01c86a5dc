"""Old texts and texts of Windows: what is said of the encoding goes before what is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.reading import Reader
from openhearth.pipelines.reading.content import Content
from openhearth.pipelines.reading.encodings import decode
from openhearth.pipelines.reading.tables import table_of
from openhearth.pipelines.reading.texts import read_document

RUSSIAN = (
    "Сталь это сплав железа с углеродом. Ее варят в мартеновских печах, где плавится чугун и лом. "
    "Печь работает днём и ночью, и рабочие сменяют друг друга."
)
GERMAN = "Stahl ist eine Legierung aus Eisen und Kohlenstoff. Die Öfen glühen Tag und Nacht, und Größe zählt."
JAPANESE = "鋼は鉄と炭素の合金である。平炉では銑鉄と屑鉄を溶かして鋼を作る。炉は昼も夜も燃え続け、職人たちは交代で働いた。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe", "utf-8"), ("Größe", "utf-8-sig"), ("Größe", "utf-16"), ("Größe", "utf-32"), ("“Größe” — 5 €", "cp1252"),
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (GERMAN, "latin-1"), (JAPANESE, "shift_jis"),
    ],
)  # fmt: skip
def test_a_text_is_read_in_the_encoding_it_was_written_in(text: str, encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "old.txt"
    file.write_bytes(text.encode(encoding))
    assert Reader("text").read(file)[0] == text


def test_what_is_said_goes_before_what_is_guessed() -> None:
    assert decode("щит".encode("koi8-r"), "koi8-r") == "щит"
    assert decode("“x”".encode("cp1252"), "ISO-8859-1") == "“x”", "as browsers read it"
    assert decode(b"\xef\xbb\xbfiron", "latin-1") == "iron", "a mark cannot be mistaken"
    assert decode(b"iron", "no-such-encoding") == "iron"
    assert decode(bytes(range(128, 160)) * 3)


def test_a_page_says_its_own_encoding() -> None:
    page = f'<html><head><meta charset="koi8-r"><title>Щит</title></head><body><p>{RUSSIAN}</p></body></html>'
    found = read_document(page.encode("koi8-r"), name="page.html", content_type="text/html")
    assert "Сталь это сплав" in found.text
    assert found.title == "Щит"


def test_a_table_from_a_spreadsheet_of_windows_is_read() -> None:
    table = table_of(Content("old.csv", "Stadt;Größe\nKöln;5\n".encode("cp1252")))
    assert list(table.columns) == ["Stadt", "Größe"]
    assert table_of(Content("old.csv", "Stadt;Größe\nKöln;5\n".encode("utf-16")))["Stadt"][0] == "Köln"


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"\x1f\x8b\x08\0\0", "a gzip archive; unpack it"), (b"PK\x05\x06" + b"\0" * 18, "a ZIP archive; unpack it")],
)  # fmt: skip
def test_an_archive_is_called_one(content: bytes, what: str) -> None:
    with pytest.raises(Unsupported, match=f"is .*{what}"):
        read_document(content, name="x.bin")


def test_a_text_of_blanks_is_none_in_any_encoding() -> None:
    with pytest.raises(Invalid, match="holds no readable text"):
        read_document("  ".encode("utf-16"), name="x.txt")
