"""Addresses of collections: `ns/words-of-the-title-<24 hex>`. The words are for people, the hex digits find it."""

import re
import unicodedata

from openhearth.kit.names import NAME_MAX_LENGTH

WORDS_MAX_LENGTH = 80
_ID = re.compile(r"(?:.*-)?([0-9a-f]{24})")
_NO_WORD = re.compile(r"[^a-z0-9]+")


def slug_of(owner_name: str, title: str, collection_id: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = _NO_WORD.sub("-", plain).strip("-")[:WORDS_MAX_LENGTH].strip("-")
    return f"{owner_name}/{words}-{collection_id}" if words else f"{owner_name}/{collection_id}"


def id_in(slug: str) -> tuple[str, str] | None:
    """The owner's name and the id in a slug, whatever its words say; None if it is none."""
    owner_name, _, rest = slug.partition("/")
    found = _ID.fullmatch(rest[-WORDS_MAX_LENGTH - 25 :])
    return (owner_name, found[1]) if found and 0 < len(owner_name) <= NAME_MAX_LENGTH else None
