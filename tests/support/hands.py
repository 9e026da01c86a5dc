"""A clock that is moved by hand, and by a millisecond each time somebody looks, so that things have an order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Hands:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)
