"""The first BibTeX entry of a card, and the few fields of it that pages show. Pure; forgiving, as people write by hand."""

import re
from dataclasses import dataclass
from itertools import islice

ENTRY_MAX_LENGTH = 4096
FIELDS_MAX = 16
AUTHORS_MAX = 200
_START = re.compile(r"@[A-Za-z]{3,20}\s*\{", re.ASCII)
_FIELD = re.compile(r"(?<![A-Za-z])(title|author|abstract|year|month)\s*=\s*", re.IGNORECASE)
_ARXIV = re.compile(r"(?<!\d)(\d{4}\.\d{4,5})(?!\d)")


@dataclass(frozen=True, kw_only=True)
class Citation:
    title: str | None = None
    authors: tuple[str, ...] = ()
    abstract: str | None = None
    year: int | None = None
    papers: tuple[str, ...] = ()  # arXiv ids that the entry names


def find_entry(body: str) -> str | None:
    """The first entry in a card's Markdown, as it is written; None without one or with one that never ends."""
    start = _START.search(body)
    if start is None:
        return None
    return _braced(body[start.start() : start.start() + ENTRY_MAX_LENGTH])


def read_entry(entry: str) -> Citation:
    fields = {
        match[1].lower(): _value(entry[match.end() :])
        for match in reversed(list(islice(_FIELD.finditer(entry), FIELDS_MAX)))
    }
    authors = tuple(_name(part) for part in re.split(r"\s+and\s+", fields.get("author", "")) if part.strip())
    year = fields.get("year", "")
    return Citation(
        title=fields.get("title") or None,
        authors=authors[:AUTHORS_MAX],
        abstract=fields.get("abstract") or None,
        year=int(year) if re.fullmatch(r"[12]\d{3}", year) else None,
        papers=tuple(dict.fromkeys(_ARXIV.findall(entry))),
    )


def _braced(text: str) -> str | None:
    """`text` up to the brace that closes its first one."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "}" and depth == 0:
            return text[: position + 1]
    return None


def _value(text: str) -> str:
    """The value that `text` begins with: in braces, in quotes, or one word."""
    if text.startswith("{"):
        raw = (_braced(text) or "{")[1:-1]
    elif text.startswith('"'):
        raw = text[1:].partition('"')[0]
    else:
        raw = re.split(r"[,}\s]", text, maxsplit=1)[0]
    return " ".join(raw.replace("{", "").replace("}", "").split())


def _name(text: str) -> str:
    """`Lovelace, Ada` as `Ada Lovelace`."""
    last, comma, first = text.strip().partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else last.strip()
