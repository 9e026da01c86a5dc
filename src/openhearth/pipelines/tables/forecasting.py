"""time-series-forecasting: continues a series of numbers, without a stored model.

Exponential smoothing as a state-space model (ETS, statsmodels): level, trend and season are kept where they earn their
place by the corrected Akaike criterion. How good it is, is measured on the end of the series, kept apart, and beside it
stands what the naive forecast reaches: the last value, or that of a season ago.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas
from numpy.typing import NDArray
from statsmodels.tools.sm_exceptions import ConvergenceWarning, ModelWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.reading.tables import as_table
from openhearth.pipelines.tables.columns import as_numbers, columns_of

Values = NDArray[np.float64]
HORIZON = 12
VALUES_MIN, VALUES_MAX = 8, 100_000
FITTED_MAX = 2_000  # older values say nothing more and cost time
_SEASONS = (4, 7, 12, 24, 52)
_SEASON_CORRELATION = 0.4


@dataclass(frozen=True)
class Series:
    """Numbers at equal steps; `at` says when, where a column of the table does."""

    values: Values
    at: Any = None


class Forecasting:
    """`model` is the fitted model of the last call, made with `settings` from `values`."""

    def __init__(self) -> None:
        self.model: Any = None
        self.values: Values = np.empty(0)
        self.settings: dict[str, Any] = {}
        self.horizon, self.level = HORIZON, 0.9

    def __call__(
        self, inputs: Any = None, *, target: str | None = None, horizon: int = HORIZON, season: int | None = None,
        level: float = 0.9, table: Any = None,
    ) -> dict[str, Any]:  # fmt: skip
        """`{"forecast", "low", "high", "level", "model", "season", "held_out"}`, with `at` where the table has dates.

        `inputs`: numbers, or a table whose column `target` holds them. `horizon`: how many steps. `season`: after how many
        steps things repeat; found out if it is not said, 1 for never. `level`: how sure the range is.
        """
        series = _series_of(table if inputs is None else inputs, target)
        _check_range("horizon", horizon, 1, max(1, len(series.values)))
        if not isinstance(level, int | float) or not 0.5 <= level < 1:
            raise Invalid(f"level: {level!r} is no share from 0.5 to below 1.", param="level")
        season = _find_season(series.values) if season is None else season
        _check_range("season", season, 1, len(series.values) // 2)
        held_out = _measure(series.values, horizon, season)
        self.model, self.settings = _fit(series.values, season)
        self.values, self.horizon, self.level = series.values[-FITTED_MAX:], horizon, level
        center, low, high = _range_of(self.model, series.values, horizon, level)
        answer = {
            "forecast": center, "low": low, "high": high, "level": level, "model": _name_of(self.settings), "season": season,
            "held_out": held_out,
        }  # fmt: skip
        return answer if series.at is None else {"at": _continued(series.at, horizon), **answer}


def _series_of(given: Any, target: str | None) -> Series:
    """The numbers of `given`. Raises Invalid for what is no series."""
    if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str) and len(given):
        flat = np.asarray(given, dtype=object)
        if flat.ndim == 1 and not isinstance(given[0], Mapping):
            given = pandas.DataFrame({"value": list(given)})
    table = as_table(given)
    dates = [column.name for column in columns_of(table, without="")[0] if column.kind == "date"]
    name = _choose_column([name for name in table.columns if name not in dates], target, table)
    numbers = as_numbers(table[name], name, finite=True).to_numpy()
    filled = np.flatnonzero(~np.isnan(numbers))
    if len(filled) < VALUES_MIN:
        raise Invalid(
            f"table: {len(filled)} numbers are too few to continue; give {VALUES_MIN} at least.",
            param="table",
        )
    if len(numbers) > VALUES_MAX:
        raise Invalid(
            f"table: {len(numbers):,} numbers are too many; give the last {VALUES_MAX:,}.", param="table"
        )
    first, last = filled[0], filled[-1] + 1
    if last - first != len(filled):
        gap = first + int(np.flatnonzero(np.isnan(numbers[first:last]))[0])
        raise Invalid(
            f"table: row {gap + 1} of {name!r} is empty; fill it, so that steps are equal.", param="table"
        )
    at = pandas.to_datetime(table[dates[0]][first:last], errors="coerce") if dates else None
    return Series(numbers[first:last], at)


def _choose_column(names: Sequence[str], target: str | None, table: Any) -> str:
    if target is not None:
        if target not in table.columns:
            raise Invalid(
                f"target: there is no column {target!r}; the table has {', '.join(table.columns)}.",
                param="target",
            )
        return target
    if len(names) != 1:
        shown = ", ".join(names) or "none with numbers"
        raise Invalid(f"target: name the column to continue; the table has {shown}.", param="target")
    return names[0]


def _check_range(name: str, value: Any, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid(
            f"{name}: {value!r} is no whole number from {least} to {most}, which this series allows.",
            param=name,
        )


def _find_season(values: Values) -> int:
    """After how many of the usual steps the series repeats itself; 1 if it does not."""
    changes = np.diff(values)
    changes = changes - changes.mean()
    power = float((changes**2).sum())
    if power == 0:
        return 1
    lags = [lag for lag in _SEASONS if len(values) >= 2 * lag + VALUES_MIN]
    likeness = {lag: float((changes[lag:] * changes[:-lag]).sum()) / power for lag in lags}
    best = max(likeness, key=lambda lag: likeness[lag], default=1)
    return best if likeness.get(best, 0) > _SEASON_CORRELATION else 1


def _name_of(settings: dict[str, Any]) -> str:
    """As statisticians write it: ETS(A,Ad,N)."""
    trend = "N" if not settings["trend"] else "Ad" if settings["damped_trend"] else "A"
    return f"ETS(A,{trend},{'A' if settings['seasonal'] else 'N'})"


def _fit(values: Values, season: int) -> tuple[Any, dict[str, Any]]:
    """The likeliest model for its size, and what it was made with."""
    recent = pandas.Series(values[-FITTED_MAX:])
    trends = [(None, False), ("add", False), ("add", True)]
    seasons = [None, "add"] if season > 1 else [None]
    found: list[tuple[float, Any, dict[str, Any]]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", ModelWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        for (trend, damped), seasonal in product(trends, seasons):
            settings = {
                "error": "add", "trend": trend, "damped_trend": damped, "seasonal": seasonal,
                "seasonal_periods": season if seasonal else None,
            }  # fmt: skip
            fitted = ETSModel(recent, **settings).fit(disp=False, maxiter=200)
            found.append((float(fitted.aicc), fitted, settings))
    _, best, settings = min(found, key=lambda one: one[0] if np.isfinite(one[0]) else np.inf)
    return best, settings


def _range_of(
    model: Any, values: Values, horizon: int, level: float
) -> tuple[list[float], list[float], list[float]]:
    if np.ptp(values) == 0:  # no spread to reckon a range from
        same = [float(values[-1])] * horizon
        return same, same, same
    start = int(model.nobs)
    predicted = model.get_prediction(start=start, end=start + horizon - 1).summary_frame(alpha=1 - level)
    return predicted["mean"].tolist(), predicted["pi_lower"].tolist(), predicted["pi_upper"].tolist()


def _measure(values: Values, horizon: int, season: int) -> dict[str, Any]:
    """The mean absolute error over the end of the series, kept apart; and that of the naive forecast."""
    steps = max(1, min(horizon, len(values) // 4))
    seen, hidden = values[:-steps], values[-steps:]
    usable = season if len(seen) >= 2 * season else 1
    model, _ = _fit(seen, usable)
    forecast = np.asarray(model.forecast(steps))
    naive = np.resize(seen[-usable:], steps)
    return {
        "measure": "mean absolute error",
        "value": float(np.abs(forecast - hidden).mean()),
        "guess": float(np.abs(naive - hidden).mean()),
        "rows": steps,
    }


def _continued(at: Any, horizon: int) -> list[str] | None:
    """The dates that follow, as ISO texts; None where the steps are not equal."""
    index = pandas.DatetimeIndex(at)
    step = pandas.infer_freq(index)
    if step is None:
        return None
    return [
        str(moment.isoformat()) for moment in pandas.date_range(index[-1], periods=horizon + 1, freq=step)[1:]
    ]


def load(found: FoundModel, task: str, options: PipelineOptions) -> Forecasting:
    return Forecasting()
