"""Series of numbers that are continued, with a range and an honest error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas
import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline


@pytest.fixture(scope="module")
def forecast() -> Any:
    return pipeline("time-series-forecasting")


@pytest.fixture(scope="module")
def sales() -> Any:
    """Ten years of months: a trend, a season of twelve and some noise."""
    steps = np.arange(120)
    noise = np.random.default_rng(0).normal(0, 0.5, 120)
    values = 10 + 0.3 * steps + 5 * np.sin(2 * np.pi * steps / 12) + noise
    return pandas.DataFrame(
        {"month": pandas.date_range("2015-01-31", periods=120, freq="ME"), "sold": values}
    )


def test_a_season_and_a_trend_are_continued(forecast: Any, sales: Any) -> None:
    made = forecast(sales, horizon=12)
    assert (made["model"], made["season"]) == ("ETS(A,A,A)", 12)
    steps = np.arange(120, 132)
    truth = 10 + 0.3 * steps + 5 * np.sin(2 * np.pi * steps / 12)
    assert np.abs(np.array(made["forecast"]) - truth).max() < 1
    assert all(low < true < high for low, true, high in zip(made["low"], truth, made["high"], strict=True))
    assert made["held_out"]["value"] < 0.5 * made["held_out"]["guess"] and made["held_out"]["rows"] == 12
    assert made["at"][:2] == ["2025-01-31T00:00:00", "2025-02-28T00:00:00"]


def test_the_range_holds_what_it_promises(forecast: Any) -> None:
    rng = np.random.default_rng(3)
    walks = [rng.normal(size=61).cumsum() for _ in range(30)]
    inside = 0
    for walk in walks:
        made = forecast(walk[:60].tolist(), horizon=1, level=0.8, season=1)
        inside += made["low"][0] <= walk[60] <= made["high"][0]
    assert 18 <= inside <= 29  # four fifths of thirty, give or take what chance gives


def test_a_walk_without_a_pattern_is_not_better_than_the_last_value(forecast: Any) -> None:
    walk = np.random.default_rng(1).normal(size=60).cumsum().tolist()
    made = forecast(walk, horizon=3)
    assert made["season"] == 1 and "at" not in made
    assert made["held_out"]["value"] == pytest.approx(made["held_out"]["guess"], rel=0.5)


def test_columns_are_chosen_by_name(forecast: Any, sales: Any) -> None:
    table = sales.assign(sold_elsewhere=1.0)
    with pytest.raises(Invalid, match="name the column to continue; the table has sold, sold_elsewhere"):
        forecast(table)
    assert forecast(table, target="sold_elsewhere", horizon=2)["forecast"] == [1.0, 1.0]


@pytest.mark.filterwarnings(
    "ignore:Maximum Likelihood optimization failed"
)  # the fit is near enough, and the same
def test_the_twin_prints_the_same(forecast: Any, sales: Any, capsys: pytest.CaptureFixture[str]) -> None:
    made = forecast(sales["sold"], horizon=4, season=12)
    forecast.explain().run()
    printed = [float(word) for word in capsys.readouterr().out.strip(" []\n").split(",")]
    assert printed == pytest.approx(made["forecast"], abs=1e-3)


@pytest.mark.parametrize(
    ("given", "parameters", "words"),
    [
        (["a"] * 20, {}, "'a' in the column 'value', row 1, is no number"),
        ([1, 2, 3], {}, "3 numbers are too few"),
        ([1.0] * 9 + [None] + [2.0] * 9, {}, "row 10 of 'value' is empty"),
        ([], {}, "is empty"),
        ({"a": [1] * 20}, {"target": "b"}, "no column 'b'; the table has a"),
        ([1] * 20, {"horizon": 0}, "horizon: 0"),
        ([1] * 20, {"horizon": 500}, "from 1 to 20"),
        ([1] * 20, {"season": 15}, "season: 15"),
        ([1] * 20, {"level": 3}, "level: 3"),
    ],
)
def test_what_is_no_series_is_named(
    forecast: Any, given: Any, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        forecast(given, **parameters)
