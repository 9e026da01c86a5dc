"""Heat: incremental, exact, and in the same order as the scores it stands for, at any later time."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhearth.repos import trending

NOW = datetime(2026, 5, 1, tzinfo=UTC)
EVENTS = st.lists(st.tuples(st.floats(0.5, 1000), st.floats(0, 200)), min_size=1, max_size=30)


def _heat(events: list[tuple[float, float]]) -> int:
    heat = 0
    for weight, days_ago in events:
        heat = trending.warmed(heat, weight, NOW - timedelta(days=days_ago))
    return heat


def _score_by_the_formula(events: list[tuple[float, float]], later: timedelta) -> float:
    return float(
        sum(weight * 0.5 ** ((timedelta(days=ago) + later) / trending.HALF_LIFE) for weight, ago in events)
    )


@given(EVENTS, st.floats(0, 20))
def test_the_score_is_that_of_the_formula(events: list[tuple[float, float]], later_days: float) -> None:
    later = timedelta(days=later_days)
    expected = _score_by_the_formula(events, later)
    assert trending.score(_heat(events), NOW + later) == pytest.approx(expected, rel=1e-4, abs=0.51)


@given(EVENTS, EVENTS)
def test_the_order_of_heat_is_the_order_of_scores(
    one: list[tuple[float, float]], other: list[tuple[float, float]]
) -> None:
    first, second = (_score_by_the_formula(events, timedelta(0)) for events in (one, other))
    if abs(first - second) > 1e-4 * max(first, second):
        assert (_heat(one) > _heat(other)) == (first > second)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(
    events: list[tuple[float, float]], shuffling: random.Random
) -> None:
    mixed = events[:]
    shuffling.shuffle(mixed)
    assert _heat(mixed) == pytest.approx(_heat(events), abs=len(events) + 1)


@given(EVENTS)
def test_what_is_taken_back_leaves_nothing(events: list[tuple[float, float]]) -> None:
    before = _heat([(5.0, 3.0)])
    heat = before
    for weight, days_ago in events:
        heat = trending.warmed(heat, weight, NOW - timedelta(days=days_ago))
    for weight, days_ago in events:
        heat = trending.cooled(heat, weight, NOW - timedelta(days=days_ago))
    assert trending.score(heat, NOW) == pytest.approx(trending.score(before, NOW), abs=1)


def test_the_only_event_taken_back_leaves_no_heat() -> None:
    assert trending.cooled(trending.warmed(0, 10, NOW), 10, NOW) == 0
    assert trending.score(0, NOW) == 0
