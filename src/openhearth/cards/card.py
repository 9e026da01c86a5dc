"""A card: the README of a repo, as metadata and Markdown body. Pure; knows no repo and no storage."""

from dataclasses import dataclass, field

from openhearth.cards.front_matter import Json, read_front_matter, split_front_matter
from openhearth.errors import Invalid

CARD_MAX_BYTES = 4 << 20


@dataclass(frozen=True, kw_only=True)
class Card:
    """`problem` is the sentence for the author where the metadata could not be read; it is then empty."""

    metadata: dict[str, Json] = field(default_factory=dict)
    body: str = ""
    problem: str | None = None

    def text(self, name: str) -> str | None:
        """The metadata field `name` if it is text and not empty."""
        value = self.metadata.get(name)
        return value.strip() or None if isinstance(value, str) else None

    def texts(self, name: str) -> list[str]:
        """The metadata field `name`, written as one text or as a list of texts, without repeats."""
        value = self.metadata.get(name)
        values = value if isinstance(value, list) else [value]
        found = (_as_text(item) for item in values)
        return list(dict.fromkeys(text for text in found if text))


def _as_text(value: Json) -> str | None:
    if value is False:
        return "no"  # YAML 1.1 reads the code of Norwegian as a boolean
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and value is not True else None


def parse_card(text: str) -> Card:
    """Read a README. Raises Invalid if its metadata cannot be read."""
    block, body = split_front_matter(text)
    return Card(metadata=read_front_matter(block) if block is not None else {}, body=body)


def read_card(raw: bytes) -> Card:
    """Read whatever stands in a repo as README.md: what cannot be read becomes `problem`, never an error."""
    text = raw[:CARD_MAX_BYTES].decode("utf-8", "replace")
    try:
        return parse_card(text)
    except Invalid as error:
        return Card(body=split_front_matter(text)[1], problem=error.message)
