"""Documents of Word and of LibreOffice, and archives that only look like ones."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from openhearth.errors import HubError, Invalid, Unsupported
from openhearth.pipelines.reading import Reader
from openhearth.pipelines.reading.texts import read_document

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
TITLE = '<m xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The lease</dc:title></m>'
DOCX = {
    "word/document.xml": (
        f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>The notice </w:t><w:t>period</w:t></w:r></w:p><w:p/>'
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>three</w:t><w:tab/><w:t>months</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "</w:body></w:document>"
    ),
    "docProps/core.xml": TITLE,
}
ODT = {
    "content.xml": (
        f'<o xmlns:text="{ODF}"><text:h>The notice <text:span>period</text:span></text:h><text:p>three months</text:p></o>'
    ),
    "meta.xml": TITLE,
}


def zipped(members: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("members", "suffix", "text"),
    [
        (DOCX, ".docx", "The notice period\nthree\tmonths"),
        (ODT, ".odt", "The notice period\nthree months"),
    ],
)
def test_a_document_is_read_by_its_path_and_in_a_folder(
    members: dict[str, str], suffix: str, text: str, tmp_path: Path
) -> None:
    file = tmp_path / f"lease{suffix}"
    file.write_bytes(zipped(members))
    given, (read,) = Reader("text").read(str(file))
    assert (given, read.kind, read.title) == (text, "document", "The lease")


def test_archives_of_another_kind_and_broken_ones_are_told_apart() -> None:
    with pytest.raises(Unsupported, match=r"x\.zip: is a ZIP archive; unpack it and give what is in it"):
        read_document(zipped({"a.bin": "\0" * 9}), name="x.zip")
    with pytest.raises(Invalid, match=r"x\.docx: the document cannot be read \("):
        read_document(zipped({**DOCX, "word/document.xml": "<w:document"}), name="x.docx")
    with pytest.raises(Invalid, match=r"x\.docx: holds no readable text"):
        read_document(zipped({"word/document.xml": "<a/>"}), name="x.docx")
    whole = zipped(DOCX)
    for at in range(0, len(whole), 7):
        try:
            assert read_document(whole[:at] + b"\xff" + whole[at + 3 :], name="x.docx").text
        except HubError as error:
            assert error.message.startswith("x.docx: ")


def test_a_document_that_unpacks_to_more_than_it_may_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openhearth.pipelines.reading.office.MEMBER_MAX_BYTES", 1000)
    with pytest.raises(Invalid, match=r"word/document\.xml is larger than 0 MiB"):
        read_document(zipped({"word/document.xml": "<a>" + "x" * 5000 + "</a>"}), name="bomb.docx")


def test_what_a_document_refers_to_outside_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    outside = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    body = DOCX["word/document.xml"].replace("three", "&x;")
    assert "secret" not in read_document(zipped({"word/document.xml": outside + body}), name="x.docx").text
