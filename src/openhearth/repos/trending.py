"""How much a repo is talked about now: likes, downloads and being new, each fading by half every week. Pure.

    score(t) = Σ weight · 2^(-(t - t_event) / HALF_LIFE)        like 10 · download 1 · being created 5

Rows keep heat = log2(Σ weight · 2^((t_event - EPOCH) / HALF_LIFE)), in billionths: it follows from the events
alone and stands still between them, and who has more of it has the higher score at any time. So an index on it
is the order of a list, and nothing is ever rewritten because time went by.
"""

from datetime import UTC, datetime, timedelta
from math import exp2, log2

LIKE = 10.0
DOWNLOAD = 1.0
CREATED = 5.0
HALF_LIFE = timedelta(days=7)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_UNIT = 10**9
_NOTHING_LEFT = 1e-8  # of a sum: what rounding to the unit leaves of an event that is taken back


def warmed(heat: int, weight: float, at: datetime) -> int:
    """The heat after an event of `weight`."""
    had, gained = heat / _UNIT, _heat_of(weight, at)
    most, least = max(had, gained), min(had, gained)
    return round((most + log2(1.0 + exp2(least - most))) * _UNIT)


def cooled(heat: int, weight: float, at: datetime) -> int:
    """The heat as if an event of `weight` had not been."""
    had = heat / _UNIT
    left = 1.0 - exp2(min(_heat_of(weight, at) - had, 0.0))
    return max(round((had + log2(left)) * _UNIT), 0) if left > _NOTHING_LEFT else 0


def score(heat: int, now: datetime) -> int:
    """The score at the moment `now`, as clients show it."""
    return round(exp2(heat / _UNIT - (now - _EPOCH) / HALF_LIFE))


def _heat_of(weight: float, at: datetime) -> float:
    return log2(weight) + (at - _EPOCH) / HALF_LIFE
