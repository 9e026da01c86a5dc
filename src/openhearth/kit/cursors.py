"""Opaque cursors for paging: a JSON value in URL-safe base64."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Generic, TypeVar

from openhearth.errors import Invalid
from openhearth.kit.text import is_storable

T = TypeVar("T")
_MAX_LENGTH = 16 << 10  # a position may hold the longest path


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a listing; `cursor` asks for the next one and is None on the last."""

    items: list[T]
    cursor: str | None = None
    total: int | None = None


def encode_cursor(*position: str | int | float | None) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def decode_cursor(text: str, length: int) -> list[str | int | float | None]:
    """The position given to `encode_cursor`. Raises Invalid if it is not one of ours."""
    text = text[:_MAX_LENGTH]
    try:
        position = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError, binascii.Error):
        position = None
    if not isinstance(position, list) or len(position) != length or not all(map(_is_plain, position)):
        raise Invalid(f"cursor: {text[:40]!r} is not a cursor of this hub; follow the Link header instead.")
    return position


def to_micros(moment: datetime) -> int:
    """A moment as a position: microseconds since 1970."""
    return int(moment.replace(microsecond=0).timestamp()) * 1_000_000 + moment.microsecond


def from_micros(position: object) -> datetime:
    """The moment given to `to_micros`. Raises Invalid for what is no position of ours."""
    if not isinstance(position, int) or not 0 <= position < 1 << 56:
        raise Invalid("cursor: is not one of this list; follow the Link header instead.")
    seconds, microseconds = divmod(position, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)


def _is_plain(value: object) -> bool:
    """Whether rows can be compared with `value`: databases know no larger numbers and no halves of characters."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, int):
        return -(1 << 63) <= value < 1 << 63
    return value is None or (isinstance(value, float) and isfinite(value))
