"""The text of office documents: .docx (ECMA-376, "WordprocessingML") and .odt (OASIS OpenDocument, "text").

Both are ZIP archives of XML. Members are read up to a size that is looked up first, entities are never resolved.
"""

import importlib
import io
import zipfile
import zlib
from typing import Any

from openhearth.errors import Invalid

MEMBER_MAX_BYTES = 64 << 20
ZIP_MAGIC = b"PK\x03\x04"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ODF = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
# What stands in a paragraph of a .docx and is no letter.
_MARKS = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n"}
_FAULTS = (zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, NotImplementedError, RuntimeError)


def read_office(content: bytes, name: str) -> tuple[str, str | None] | None:
    """The text and the title of a document; None for an archive of another kind. Raises Invalid for a broken one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            held = set(archive.namelist())
            if "word/document.xml" in held:
                paragraphs = _paragraphs(_parsed(archive, "word/document.xml"), f"{_WORD}p", _words)
                return "\n".join(paragraphs), _title(archive, held, "docProps/core.xml")
            if "content.xml" in held and "meta.xml" in held:
                lines = _paragraphs(_parsed(archive, "content.xml"), (f"{_ODF}p", f"{_ODF}h"), _letters)
                return "\n".join(lines), _title(archive, held, "meta.xml")
    except _FAULTS as error:
        raise Invalid(f"{name}: the document cannot be read ({error}); save it again, or as a PDF.") from None
    return None


def _parsed(archive: zipfile.ZipFile, member: str) -> Any:
    etree: Any = importlib.import_module("lxml.etree")  # publishes no types
    if archive.getinfo(member).file_size > MEMBER_MAX_BYTES:
        raise ValueError(f"{member} is larger than {MEMBER_MAX_BYTES >> 20} MiB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(archive.read(member), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None


def _paragraphs(root: Any, tag: str | tuple[str, ...], spell: Any) -> list[str]:
    return [text for each in root.iter(tag) if (text := spell(each)).strip()]


def _words(paragraph: Any) -> str:
    pieces = [
        each.text or "" if each.tag == f"{_WORD}t" else _MARKS.get(each.tag, "") for each in paragraph.iter()
    ]
    return "".join(pieces)


def _letters(paragraph: Any) -> str:
    return "".join(paragraph.itertext())


def _title(archive: zipfile.ZipFile, held: set[str], member: str) -> str | None:
    found = _parsed(archive, member).find(f".//{_TITLE}") if member in held else None
    return (found.text or None) if found is not None else None
