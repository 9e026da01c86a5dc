"""Tables as files: the first rows of a CSV, TSV, JSON Lines or Parquet file, and a table written as one.

What is read is capped in bytes and rows before anything is built of it. pyarrow is imported when first needed.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from openhearth.errors import Invalid, TooLarge, Unsupported
from openhearth.kit.foreign_json import load_json

# Of text files the beginning is read; a Parquet file has its table of contents at the end, so all of it.
TEXT_READ_BYTES = 64 << 20
PARQUET_MAX_BYTES = 256 << 20
FIELD_MAX_LENGTH = 1 << 20
COLUMNS_MAX = 1000
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_LINES = (".jsonl", ".ndjson", ".json")
ENDINGS = (*_DELIMITERS, *_LINES, ".parquet")
FORMATS = ("csv", "jsonl", "parquet")


def ending_of(path: str) -> str | None:
    """The ending that says how the table at `path` is written; None if it is none that is read here."""
    return next((ending for ending in ENDINGS if path.lower().endswith(ending)), None)


def bytes_to_read(path: str, size_bytes: int) -> int:
    """How much of a file of `size_bytes` has to be read. Raises Unsupported, TooLarge."""
    ending = ending_of(path)
    if ending is None:
        raise Unsupported(
            f"path: {path!r} is no table that is read here; choose a file that ends in {', '.join(ENDINGS)}."
        )
    if ending != ".parquet":
        return min(size_bytes, TEXT_READ_BYTES)
    if size_bytes > PARQUET_MAX_BYTES:
        raise TooLarge(
            f"path: {path!r} has {size_bytes >> 20} MiB; at most {PARQUET_MAX_BYTES >> 20} are read here; split it."
        )
    return size_bytes


def read_table(path: str, content: bytes, rows: int) -> Any:
    """The first `rows` of a table as a `pyarrow.Table`; `content` is what `bytes_to_read` asked for. Raises Invalid."""
    pa = _arrow()
    ending = ending_of(path)
    try:
        if ending == ".parquet":
            return _read_parquet(content, rows)
        return (
            _read_delimited(content, rows, _DELIMITERS[ending])
            if ending in _DELIMITERS
            else _read_lines(content, rows)
        )
    except (pa.ArrowException, csv.Error, ValueError, OSError) as error:
        said = str(error).strip().partition("\n")[0][:200]
        raise Invalid(f"path: {path!r} cannot be read as a table ({said}); mend and push it.") from error


def cell_texts(table: Any, column: str) -> list[str | None]:
    """The cells of `column` as texts; None for null. Raises Invalid for a column that holds more than that."""
    if column not in table.column_names:
        raise Invalid(
            f"column: there is no {column[:80]!r}; choose one of {', '.join(text_columns(table)[:20])}."
        )
    cells = table.column(table.column_names.index(column)).to_pylist()
    strange = next((cell for cell in cells if not isinstance(cell, str | int | float | None)), None)
    if strange is not None:
        raise Invalid(
            f"column: {column!r} holds {type(strange).__name__}; choose a column of texts, numbers or file names."
        )
    return [None if cell is None else str(cell) for cell in cells]


def text_columns(table: Any) -> list[str]:
    """The columns a model can be run over: texts, numbers and truth values."""
    pa = _arrow()
    plain = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_boolean,
    )
    return [field.name for field in table.schema if any(is_kind(field.type) for is_kind in plain)]


def with_columns(table: Any, columns: Mapping[str, Sequence[Any]]) -> Any:
    """`table`, cut to the rows of `columns`, with those behind its own, under names that are still free."""
    for name, values in columns.items():
        table = table.slice(0, len(values)).append_column(
            _free_name(name, table.column_names), [list(values)]
        )
    return table


def _free_name(name: str, taken: Sequence[str]) -> str:
    numbered = (f"{name}_{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def write_table(table: Any, format: str) -> bytes:
    """`table` as a file. Raises Invalid for a format that is none of `FORMATS`."""
    write: dict[str, Callable[[Any], bytes]] = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}
    if format not in write:
        raise Invalid(
            f"format: {format[:20]!r} is none that is written here; choose one of {', '.join(FORMATS)}."
        )
    return write[format](table)


def _arrow() -> Any:
    if find_spec("pyarrow") is None:
        raise Unsupported("Reading tables needs pyarrow: pip install 'openhearth[tables]'")
    import pyarrow

    return pyarrow


def _read_delimited(content: bytes, rows: int, delimiter: str) -> Any:
    """Types are pyarrow's guess from the rows that are kept."""
    import pyarrow.csv as arrow_csv

    csv.field_size_limit(FIELD_MAX_LENGTH)
    lines = csv.reader(
        io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=False
    )
    header = next(lines, [])
    if not header or len(header) > COLUMNS_MAX:
        raise ValueError(
            "no columns" if not header else f"{len(header)} columns, at most {COLUMNS_MAX} are read"
        )
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(header)
    for line in _first(lines, rows):
        writer.writerow([*line, *[""] * (len(header) - len(line))][: len(header)])
    options = arrow_csv.ConvertOptions(
        strings_can_be_null=True, null_values=[""], quoted_strings_can_be_null=True
    )
    return arrow_csv.read_csv(
        io.BytesIO(kept.getvalue().encode()), convert_options=options,
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        read_options=arrow_csv.ReadOptions(use_threads=False, block_size=max(1 << 20, len(kept.getvalue()) * 4 + 1)),
    )  # fmt: skip


def _first(lines: Iterator[list[str]], rows: int) -> Iterator[list[str]]:
    """The first `rows` that are not empty lines. What a cut end left of the last is dropped with its row."""
    found = 0
    for line in lines:
        if found == rows:
            return
        if line:
            found += 1
            yield line


def _read_lines(content: bytes, rows: int) -> Any:
    pa = _arrow()
    if content.lstrip()[:1] == b"[":
        found = load_json(content)
    else:
        whole = content.splitlines() if len(content) < TEXT_READ_BYTES else content.splitlines()[:-1]
        found = [load_json(line) for line in [line for line in whole if line.strip()][:rows]]
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError("its lines are no JSON objects")
    return pa.Table.from_pylist(found[:rows])


def _read_parquet(content: bytes, rows: int) -> Any:
    pa = _arrow()
    import pyarrow.parquet as arrow_parquet

    file = arrow_parquet.ParquetFile(io.BytesIO(content))
    described = file.metadata
    if described.num_columns > COLUMNS_MAX:
        raise ValueError(f"{described.num_columns} columns, at most {COLUMNS_MAX} are read")
    if described.num_row_groups and described.row_group(0).total_byte_size > PARQUET_MAX_BYTES:
        raise ValueError("its first row group unpacks to more than 256 MiB; write smaller ones")
    batches, found = [], 0
    for batch in file.iter_batches(batch_size=rows):
        batches.append(batch.slice(0, rows - found))
        found += batches[-1].num_rows
        if found == rows:
            break
    return pa.Table.from_batches(batches, file.schema_arrow)


def _csv(table: Any) -> bytes:
    """Lists and structs as JSON, since a cell of CSV is a text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in zip(*(table.column(place).to_pylist() for place in range(table.num_columns)), strict=True):
        writer.writerow([json.dumps(_plain(cell)) if isinstance(cell, list | dict) else cell for cell in row])
    return out.getvalue().encode()


def _jsonl(table: Any) -> bytes:
    return b"".join(json.dumps(_plain(row), ensure_ascii=False).encode() + b"\n" for row in table.to_pylist())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | None) else str(value)


def _parquet(table: Any) -> bytes:
    import pyarrow.parquet as arrow_parquet

    out = io.BytesIO()
    arrow_parquet.write_table(table, out, compression="zstd")
    return out.getvalue()
