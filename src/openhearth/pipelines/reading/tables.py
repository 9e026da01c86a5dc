"""Tables as people have them: a DataFrame, a dict of columns, rows, a CSV, Parquet or JSON file. All become a DataFrame."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from openhearth.errors import Invalid, TooLarge
from openhearth.pipelines.machine import require_library
from openhearth.pipelines.reading.content import Content
from openhearth.pipelines.reading.encodings import decode, is_marked

CELLS_MAX = 50_000_000
TABLE_SUFFIXES = frozenset([".csv", ".tsv", ".txt", ".parquet", ".json", ".jsonl", ".ndjson"])
_SNIFFED_BYTES = 65_536
_DELIMITERS = ",;\t|"


def as_table(value: Any) -> Any:
    """`value` as a pandas DataFrame. Raises Invalid for what is no table, and for an empty or ragged one."""
    require_library("pandas", "A table", extra="tables")
    import pandas

    if isinstance(value, pandas.Series):
        value = value.to_frame(value.name if value.name is not None else "value")
    elif isinstance(value, Mapping):
        value = pandas.DataFrame(_checked_columns(value))
    elif isinstance(value, list | tuple):
        if not all(isinstance(row, Mapping) for row in value):
            raise Invalid('table: a list of rows holds one {"column": value, …} each; give these, or a file.')
        value = pandas.DataFrame(list(value))
    elif not isinstance(value, pandas.DataFrame):
        to_pandas = getattr(value, "to_pandas", None)  # data sets, arrow and polars tables
        if not callable(to_pandas):
            raise Invalid(
                f"table: {type(value).__name__} is no table; give a DataFrame, a dict of columns, or a CSV or Parquet file."
            )
        value = to_pandas()
    if value.shape[0] == 0 or value.shape[1] == 0:
        raise Invalid("table: is empty; give one with a row and a column at least.")
    _check_size(*value.shape)
    if value.columns.nlevels > 1:
        value = value.set_axis([" ".join(map(str, levels)) for levels in value.columns], axis=1)
    named = value.rename(columns=str)
    if not named.columns.is_unique:
        twice = named.columns[named.columns.duplicated()][0]
        raise Invalid(f"table: two columns are called {twice!r}; give each a name of its own.")
    return named


def table_of(content: Content) -> Any:
    """The table in a file's bytes. Raises Invalid where they hold none, TooLarge for one that would not fit."""
    require_library("pandas", "A table", extra="tables")
    suffix = PurePath(content.name.partition("?")[0]).suffix.lower()
    if not content.content.strip():
        raise Invalid(f"{content.name}: is empty; give a file that holds a table.")
    if content.content[:4] == b"PAR1":
        return as_table(_read_parquet(content))
    named = suffix in (".json", ".jsonl", ".ndjson") or "json" in content.content_type
    if named or content.content.lstrip()[:1] in (b"{", b"["):
        return as_table(_read_json(content))
    if b"\0" in content.content[:4096] and not is_marked(content.content):
        raise Invalid(f"{content.name}: is no table that can be read; give CSV, TSV, Parquet or JSON.")
    return as_table(_read_csv(content))


def _checked_columns(columns: Mapping[Any, Any]) -> dict[str, list[Any]]:
    lengths = {}
    for name, cells in columns.items():
        if isinstance(cells, str | bytes | Mapping) or not hasattr(cells, "__len__"):
            raise Invalid(f"table: the column {name!r} is no list of cells; give a list for each column.")
        lengths[name] = len(cells)
    if len(set(lengths.values())) > 1:
        (first, rows), (other, others) = (
            next(iter(lengths.items())),
            next(item for item in lengths.items() if item[1] != next(iter(lengths.values()))),
        )
        raise Invalid(
            f"table: the column {first!r} has {rows} cells and {other!r} has {others}; give each as many as there are rows."
        )
    _check_size(next(iter(lengths.values()), 0), len(lengths))
    return {str(name): list(cells) for name, cells in columns.items()}


def _check_size(rows: int, columns: int) -> None:
    if rows * columns > CELLS_MAX:
        raise TooLarge(f"table: {rows:,} rows of {columns:,} columns are too many for one call; give a part.")


def _read_parquet(content: Content) -> Any:
    require_library("pyarrow", "A Parquet file", extra="tables")
    import pyarrow
    from pyarrow import parquet

    try:
        opened = parquet.ParquetFile(io.BytesIO(content.content))
        _check_size(opened.metadata.num_rows, opened.metadata.num_columns)
        return opened.read().to_pandas()
    except (pyarrow.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid(
            f"{content.name}: the Parquet file cannot be read ({_brief(error)}); write it again."
        ) from None


def _read_json(content: Content) -> Any:
    text = decode(content.content, content.charset)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{content.name}: is no JSON of rows or columns ({_brief(error)}); mend it.") from None


def _read_csv(content: Content) -> Any:
    import pandas

    text = decode(content.content, content.charset)
    head = text[:_SNIFFED_BYTES]
    try:
        delimiter = csv.Sniffer().sniff(head, _DELIMITERS).delimiter
    except csv.Error:
        delimiter = max(_DELIMITERS, key=head.split("\n", 1)[0].count)
    try:
        return pandas.read_csv(io.StringIO(text), sep=delimiter, skipinitialspace=True)
    except (ValueError, pandas.errors.ParserError, pandas.errors.EmptyDataError, csv.Error) as error:
        raise Invalid(
            f"{content.name}: its rows cannot be read as columns ({_brief(error)}); give each row as many cells as the first."
        ) from None


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:120]
