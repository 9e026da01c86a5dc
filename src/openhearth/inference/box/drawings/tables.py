"""Answers about tables, drawn: the cells that answer, predictions as a new column, a series as it may go on."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from openhearth.inference.box.asking import Answer
from openhearth.inference.box.drawings.records import Cell, Drawing, Forecast, Learnt, Score, Table
from openhearth.inference.box.given import Given
from openhearth.inference.box.tables import Table as Columns
from openhearth.inference.box.tables import write_table

SHOWN_ROWS = 100
_PREDICTED = "prediction"
_WIDTH, _HEIGHT = 1000.0, 300.0


def draw_cells(given: Given, answer: Answer) -> Drawing:
    """table-question-answering: `{"answer", "coordinates", "cells", "aggregator"}`."""
    value = answer.value[0] if isinstance(answer.value, list) else answer.value
    table = given.fields["table"]
    marked = {(int(row), int(column)) for row, column in value["coordinates"]}
    shown = [
        [Cell(text=text, is_marked=(row, column) in marked) for column, text in enumerate(cells)]
        for row, cells in enumerate(zip(*table.values(), strict=True))
    ]
    answered = str(value["answer"])
    return Table(
        columns=list(table),
        rows=shown[:SHOWN_ROWS],
        answer=answered or "The table does not say.",
        left_out=max(0, len(shown) - SHOWN_ROWS),
    )


def draw_column(given: Given, answer: Answer) -> Drawing:
    """What was predicted for each row, as one more column; or what was learnt and predicted for those that asked."""
    if isinstance(answer.value, dict):
        return _draw_learnt(given, answer.value)
    return _with_column(given.fields["table"], [_written(value) for value in answer.value])


def _draw_learnt(given: Given, value: Mapping[str, Any]) -> Drawing:
    """`{"predictions", "rows", "held_out", "importance"}`."""
    table = given.fields["table"]
    predicted = [""] * len(next(iter(table.values())))
    for row, prediction in zip(value["rows"], value["predictions"], strict=True):
        predicted[row] = _written(prediction)
    most = max((one["loss"] for one in value["importance"]), default=0.0) or 1.0
    return Learnt(
        table=_with_column(table, predicted),
        measured=_measured(value["held_out"]),
        importance=[
            Score(label=one["column"], share=one["loss"] / most, text=f"{one['loss']:.3g}")
            for one in value["importance"]
        ],
    )


def draw_forecast(given: Given, answer: Answer) -> Drawing:
    """`{"forecast", "low", "high", "level", "held_out"}`, with `at` where the table has dates."""
    value, table = answer.value, given.fields["table"]
    past = _numbers(table, given.parameters.get("target") or given.fields.get("target"))
    center, low, high = value["forecast"], value["low"], value["high"]
    least, most = min(*past, *low), max(*past, *high)
    chart = _Chart(len(past) + len(center), least, most)
    begin = len(past)
    columns = {
        **({"at": [str(moment) for moment in value["at"]]} if value.get("at") else {}),
        "forecast": [_written(number) for number in center],
        "low": [_written(number) for number in low],
        "high": [_written(number) for number in high],
    }
    return Forecast(
        past=chart.line(past, 0),
        likeliest=chart.line([past[-1], *center], begin - 1),
        around=chart.band([past[-1], *low], [past[-1], *high], begin - 1),
        lowest=_written(least),
        highest=_written(most),
        measured=_measured(value["held_out"]),
        level=value["level"],
        table=_table(columns),
    )


class _Chart:
    """Where a number at a step stands on the field."""

    def __init__(self, steps: int, least: float, most: float) -> None:
        self._step = _WIDTH / max(steps - 1, 1)
        self._least, self._scale = least, (_HEIGHT - 20) / ((most - least) or 1.0)

    def _points(self, numbers: Sequence[float], begin: int) -> list[str]:
        return [
            f"{(begin + at) * self._step:.1f} {_HEIGHT - 10 - (number - self._least) * self._scale:.1f}"
            for at, number in enumerate(numbers)
        ]

    def line(self, numbers: Sequence[float], begin: int) -> str:
        return "M" + "L".join(self._points(numbers, begin))

    def band(self, low: Sequence[float], high: Sequence[float], begin: int) -> str:
        return "M" + "L".join([*self._points(high, begin), *reversed(self._points(low, begin))]) + "Z"


def _numbers(table: Columns, name: str | None) -> list[float]:
    """The series: the column `name`, else the only one of numbers."""
    columns = [table[name]] if name else list(table.values())
    for cells in columns:
        try:
            return [float(cell) for cell in cells if cell]
        except ValueError:
            continue
    raise ValueError("no column of numbers")


def _measured(held_out: Mapping[str, Any]) -> str:
    """How good it was on what was kept apart, and what guessing would have reached."""
    return (
        f"Measured on {held_out['rows']} rows that were kept apart: {held_out['measure']} {held_out['value']:.3g}; "
        f"guessing reaches {held_out['guess']:.3g}."
    )


def _with_column(table: Columns, predicted: list[str]) -> Table:
    name = _PREDICTED if _PREDICTED not in table else f"{_PREDICTED} (new)"
    return _table({**table, name: predicted})


def _table(columns: Columns) -> Table:
    """A table whose last column is new; the whole of it can be taken along."""
    rows = list(zip(*columns.values(), strict=True))
    last = len(columns) - 1
    return Table(
        columns=list(columns),
        rows=[
            [Cell(text=text, is_marked=bool(text) and at == last) for at, text in enumerate(cells)]
            for cells in rows[:SHOWN_ROWS]
        ],
        csv_href=f"data:text/csv;base64,{base64.b64encode(write_table(columns).encode()).decode()}",
        left_out=max(0, len(rows) - SHOWN_ROWS),
    )


def _written(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
