"""What the columns of a table hold, found out once and kept with a model: numbers, dates (as days) or categories."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas

from openhearth.errors import Invalid

Kind = Literal["number", "date", "category"]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T].*)?")
# A category with more values than this, of which most stand once, is a name or a text: nothing to learn from.
_DISTINCT_MAX = 50


@dataclass(frozen=True)
class Column:
    """A column that a model looks at."""

    name: str
    kind: Kind

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def columns_of(table: Any, *, without: str) -> tuple[list[Column], list[str]]:
    """The columns of `table` but one, and the names of those that hold nothing to learn from."""
    kept, left_out = [], []
    for name in table.columns:
        if name == without:
            continue
        column = Column(name, _kind_of(table[name]))
        if _is_worth_learning(table[name], column.kind):
            kept.append(column)
        else:
            left_out.append(name)
    return kept, left_out


def columns_from_json(stated: Any) -> list[Column] | None:
    """What `config.json` says, None if it says nothing that can be read."""
    if not isinstance(stated, Sequence) or not all(isinstance(one, Mapping) for one in stated):
        return None
    kinds = ("number", "date", "category")
    columns = [Column(str(one.get("name")), one["kind"]) for one in stated if one.get("kind") in kinds]
    return columns if len(columns) == len(stated) else None


def prepared(table: Any, columns: Sequence[Column]) -> Any:
    """The cells of `columns` as a model takes them. Raises Invalid for a column that is missing or holds something else."""
    missing = [column.name for column in columns if column.name not in table.columns]
    if missing:
        raise Invalid(
            f"table: lacks the column {missing[0]!r}; this model looks at {', '.join(column.name for column in columns)}.",
            param="table",
        )
    return pandas.DataFrame({column.name: _cells(table[column.name], column) for column in columns})


def is_empty(cells: Any) -> Any:
    """Which cells hold nothing: missing ones, and texts of blanks."""
    return cells.isna() | cells.map(lambda cell: isinstance(cell, str) and not cell.strip())


def as_numbers(cells: Any, name: str, *, finite: bool = False) -> Any:
    """`cells` as floats, empty ones as NaN. Raises Invalid that names the first cell that is no number.

    `finite`: what is without end is none either.
    """
    empty = is_empty(cells)
    numbers = pandas.to_numeric(cells.where(~empty), errors="coerce").astype(float)
    wrong = (numbers.isna() & ~empty) | (np.isinf(numbers) & finite)
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        cell = cells.iloc[row]
        cell = cell.item() if hasattr(cell, "item") else cell
        raise Invalid(
            f"table: {cell!r} in the column {name!r}, row {row + 1}, is no number; mend it, or leave it empty.",
            param="table",
        )
    return numbers


def _cells(cells: Any, column: Column) -> Any:
    if column.kind == "number":
        return as_numbers(cells, column.name)
    if column.kind == "date":
        days = pandas.to_datetime(cells.where(~is_empty(cells)), errors="coerce", utc=True, format="ISO8601")
        return (days - pandas.Timestamp(0, tz="UTC")) / pandas.Timedelta(days=1)
    return cells.where(~is_empty(cells)).map(str, na_action="ignore").astype(object)


def _kind_of(cells: Any) -> Kind:
    if pandas.api.types.is_datetime64_any_dtype(cells):
        return "date"
    filled = cells[~is_empty(cells)]
    if pandas.api.types.is_numeric_dtype(cells) or pandas.to_numeric(filled, errors="coerce").notna().all():
        return "number"
    if filled.map(lambda cell: isinstance(cell, str) and _DATE.fullmatch(cell) is not None).all():
        return "date"
    return "category"


def _is_worth_learning(cells: Any, kind: Kind) -> bool:
    filled = cells[~is_empty(cells)]
    distinct = filled.map(str).nunique()
    if distinct < 2:
        return False
    return kind != "category" or distinct <= max(_DISTINCT_MAX, len(filled) // 2)
