"""Readable text from what people have: web pages, PDFs, plain files. The layout around it is left out."""

import logging
from dataclasses import dataclass
from pathlib import PurePath

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.reading.encodings import decode, find_charset_of_page, is_marked
from openhearth.pipelines.reading.office import ZIP_MAGIC, read_office
from openhearth.pipelines.reading.pdfs import is_pdf, opened_pdf

TEXT_MAX_BYTES = 64 << 20
PDF_PAGES_MAX = 2000
TEXT_SUFFIXES = frozenset(
    [
        ".txt",
        ".md",
        ".markdown",
        ".rst",
        ".csv",
        ".tsv",
        ".json",
        ".jsonl",
        ".log",
        ".srt",
        ".vtt",
        ".tex",
        ".py",
        ".xml",
        ".yaml",
        ".yml",
    ]
)
_SEEN_AND_HEARD = ("image/", "audio/", "video/")
# What files begin with that hold others.
_PACKED = {
    b"PK": "ZIP archive",
    b"\x1f\x8b": "gzip archive",
    b"7z\xbc": "7-Zip archive",
    b"BZh": "bzip2 archive",
}
READABLE_SUFFIXES = TEXT_SUFFIXES | {".html", ".htm", ".xhtml", ".pdf", ".docx", ".odt"}


@dataclass(frozen=True)
class Readable:
    """The text of a document, with its title where it says one."""

    text: str
    kind: str  # web page, PDF, document or text
    title: str | None = None


def read_document(
    content: bytes, *, name: str, content_type: str = "", charset: str | None = None
) -> Readable:
    """The text of `content`, known as `name`. Raises Invalid where it holds none, Unsupported for other kinds."""
    if len(content) > TEXT_MAX_BYTES and not is_pdf(content):
        raise Invalid(
            f"{name}: {len(content) >> 20} MiB of text are too much for one call; give it in parts."
        )
    suffix = PurePath(name.partition("?")[0]).suffix.lower()
    if is_pdf(content):
        return _read_pdf(content, name)
    if content.startswith(ZIP_MAGIC) and (found := read_office(content, name)) is not None:
        return Readable(_checked(found[0], name), "document", found[1])
    if "html" in content_type or suffix in (".html", ".htm", ".xhtml") or _looks_like_html(content):
        return _read_page(content, name, charset)
    if content_type.startswith(_SEEN_AND_HEARD) or (b"\0" in content[:4096] and not is_marked(content)):
        raise Unsupported(_not_a_text(content, name, content_type))
    return Readable(_checked(decode(content, charset), name), "text")


def _not_a_text(content: bytes, name: str, content_type: str) -> str:
    packed = next((kind for magic, kind in _PACKED.items() if content.startswith(magic)), None)
    if packed:
        return f"{name}: is a {packed}; unpack it and give what is in it."
    kind = content_type if content_type.startswith(_SEEN_AND_HEARD) else "binary data"
    return f"{name}: is {kind}, which holds no text; name a task for it, or give a text, page or PDF."


def _looks_like_html(content: bytes) -> bool:
    return content[:512].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _checked(text: str, name: str) -> str:
    if not text.strip():
        raise Invalid(f"{name}: holds no readable text; give another page, or paste the text itself.")
    return text


def _read_page(content: bytes, name: str, charset: str | None) -> Readable:
    import trafilatura

    logging.getLogger("trafilatura").setLevel(
        logging.CRITICAL
    )  # its complaints about odd pages end up in our sentence
    page = decode(content, charset or find_charset_of_page(content))
    found = trafilatura.bare_extraction(page, favor_recall=True, include_comments=False, with_metadata=True)
    text = getattr(found, "text", None) or ""
    return Readable(_checked(text, name), "web page", getattr(found, "title", None))


def _read_pdf(content: bytes, name: str) -> Readable:
    with opened_pdf(content, name, remedy="save it again or paste its text") as reader:
        pages = [page.extract_text() for page in reader.pages[:PDF_PAGES_MAX]]
        title = reader.metadata.title if reader.metadata else None
    text = "\n\n".join(pages)
    if not text.strip():
        raise Invalid(
            f"{name}: the PDF holds pictures of pages and no text; read it with optical-character-recognition first."
        )
    return Readable(text, "PDF", title)
