"""How numbers, sizes, times and names are spelled on pages. Pure; every filter is a plain function."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

_SIZE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_COUNT_UNITS = ("", "k", "M", "B", "T")
_AGO_STEPS = ((60, "second"), (60, "minute"), (24, "hour"), (7, "day"), (4.35, "week"), (12, "month"))
AVATAR_TONES = 6


def _scaled(amount: float, units: tuple[str, ...]) -> tuple[float, str]:
    unit = units[0]
    for unit in units:
        # 999.95 would print as 1000.0 in this unit: it belongs to the next one.
        if abs(amount) < 999.95 or unit == units[-1]:
            break
        amount /= 1000
    return amount, unit


def _short(amount: float) -> str:
    return f"{amount:.1f}".removesuffix(".0") if abs(amount) < 99.95 else f"{amount:.0f}"


def filesize(size_bytes: int) -> str:
    """Bytes in decimal units, as download tools count them: 1_234 → `1.2 kB`."""
    amount, unit = _scaled(size_bytes, _SIZE_UNITS)
    return f"{_short(amount)} {unit}"


def compact(count: int) -> str:
    """A count in few characters: 1_234 → `1.2k`, 7_000_000_000 → `7B`."""
    amount, unit = _scaled(count, _COUNT_UNITS)
    return f"{_short(amount)}{unit}"


def number(count: int) -> str:
    """A count in full, grouped: 1234567 → `1,234,567`."""
    return f"{count:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """The count with its noun: `1 file`, `3 files`, `0 entries` (with `many` given)."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def date(moment: datetime) -> str:
    """The day, in UTC: `23 Nov 2026`."""
    moment = _utc(moment)
    return f"{moment.day} {moment:%b %Y}"


def datetime_iso(moment: datetime) -> str:
    """ISO 8601 in UTC, for `datetime` attributes."""
    return _utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(moment: datetime, now: datetime | None = None) -> str:
    """The distance in words: `3 hours ago`, `in 2 days`, `just now`."""
    distance = ((now or datetime.now(UTC)) - _utc(moment)).total_seconds()
    amount, future = abs(distance), distance < 0
    if amount < 45:
        return "just now"
    for step, unit in _AGO_STEPS:
        if amount < step:
            return _in_words(amount, unit, future)
        amount /= step
    return _in_words(amount, "year", future)


def _in_words(amount: float, unit: str, future: bool) -> str:
    words = plural(max(1, int(amount)), unit)
    return f"in {words}" if future else f"{words} ago"


def percent(share: float) -> str:
    """A share of one as a percentage: 0.1234 → `12.3 %`."""
    return f"{_short(share * 100)} %"


def initials(name: str) -> str:
    """One or two letters that stand for `name` in its avatar."""
    words = [word for word in name.replace("_", "-").replace(".", "-").replace(" ", "-").split("-") if word]
    letters = "".join(word[0] for word in words[:2]) if len(words) > 1 else "".join(words)[:2]
    return letters.upper() or "?"


def tone(name: str) -> int:
    """Which of the avatar tones belongs to `name`: always the same one."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=2).digest()[0] % AVATAR_TONES


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (filesize, compact, number, plural, date, datetime_iso, ago, percent, initials, tone)
}
