"""Answers about tables, drawn: the cells that answer, or predictions as a new column."""

import base64
from typing import Any

from openhearth.inference.box.asking import Answer
from openhearth.inference.box.drawings.records import Cell, Drawing, Table
from openhearth.inference.box.given import Given
from openhearth.inference.box.tables import write_table

SHOWN_ROWS = 100
_PREDICTED = "prediction"


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
    """What was predicted for each row, as one more column; the whole table can be taken along."""
    table = given.fields["table"]
    predicted = [_written(value) for value in answer.value]
    name = _PREDICTED if _PREDICTED not in table else f"{_PREDICTED} (new)"
    whole = {**table, name: predicted}
    rows = list(zip(*whole.values(), strict=True))
    last = len(whole) - 1
    return Table(
        columns=list(whole),
        rows=[
            [Cell(text=text, is_marked=at == last) for at, text in enumerate(cells)]
            for cells in rows[:SHOWN_ROWS]
        ],
        csv_href=f"data:text/csv;base64,{base64.b64encode(write_table(whole).encode()).decode()}",
        left_out=max(0, len(rows) - SHOWN_ROWS),
    )


def _written(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
