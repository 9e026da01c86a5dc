"""The nouns of the room."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from openhearth.errors import Invalid

_ID = re.compile(r"(\d{2})(0[1-9]|1[0-2])\.\d{4,5}", re.ASCII)
_VERSION = re.compile(r"v\d{1,3}$", re.ASCII)
PREFIX = "arxiv:"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """`title` is its id where nobody said another. `submitted_at` is None for one that only cards speak of."""

    id: str
    title: str
    authors: Sequence[str] = ()
    summary: str = ""
    submitted_at: datetime | None = None
    submitted_by: str | None = field(default=None)  # the id of a user

    @property
    def published_at(self) -> datetime:
        """The month that arXiv puts into its ids: nobody here knows the day."""
        year, month = int(self.id[:2]), int(self.id[2:4])
        return datetime(2000 + year if year < 91 else 1900 + year, month, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class PaperSpec:
    title: str
    authors: Sequence[str]
    summary: str


def check_paper_id(text: str) -> str:
    """An arXiv id without its version: `2401.12345v2` is `2401.12345`. Raises Invalid."""
    found = _VERSION.sub("", text.strip().removeprefix(PREFIX))
    if not _ID.fullmatch(found):
        raise Invalid(f"id: {text[:40]!r} is no arXiv id; write one like 2401.12345.")
    return found
