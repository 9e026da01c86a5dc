"""Opaque cursors for paging: a JSON value in URL-safe base64."""

import base64
import binascii
import json
from dataclasses import dataclass
from math import isfinite
from typing import Generic, TypeVar

from openhearth.errors import Invalid

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


def _is_plain(value: object) -> bool:
    """Whether rows can be compared with `value`: databases know no larger numbers and no halves of characters."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, int):
        return -(1 << 63) <= value < 1 << 63
    return value is None or (isinstance(value, float) and isfinite(value))
