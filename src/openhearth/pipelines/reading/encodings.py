"""Bytes of a text into letters, where nobody says for sure in which encoding they are.

What is said goes before what is guessed: a byte order mark, then whoever sent it, then the page itself. A text that is
no UTF-8 is old: its encoding is guessed from what makes words, and a short one is taken for the commonest.
"""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_WITHIN = 4096
# Below this a guess is no better than a throw of dice (tried on sentences in ten encodings).
_GUESSED_FROM = 60
_GUESSED_BYTES = 65_536
# Browsers read what calls itself so in Windows' encoding, which has quotes where Latin-1 has nothing (WHATWG, "Encoding").
_LATIN = frozenset(["iso-8859-1", "iso8859-1", "latin-1", "latin1", "ascii", "us-ascii"])


def decode(content: bytes, charset: str | None = None) -> str:
    """`content` as text; `charset` is what its sender called it."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    for encoding in (marked, _known(charset), "utf-8", _guess(content), "cp1252"):
        try:
            if encoding:
                return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return content.decode("latin-1")


def find_charset_of_page(content: bytes) -> str | None:
    """What a page says at its head of its own encoding."""
    said = _META.search(content[:_META_WITHIN])
    return said[1].decode("ascii") if said else None


def is_marked(content: bytes) -> bool:
    """Whether `content` begins with a byte order mark: it is a text then, zero bytes or not."""
    return any(content.startswith(mark) for mark, _ in _MARKS)


def _known(charset: str | None) -> str | None:
    return "cp1252" if charset and charset.lower() in _LATIN else charset


def _guess(content: bytes) -> str | None:
    """The likeliest encoding of a text that is no UTF-8."""
    if len(content) < _GUESSED_FROM or _is_utf8(content):
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_GUESSED_BYTES]).best()
    return best.encoding if best is not None else None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
