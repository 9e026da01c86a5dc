"""What `openhearth run` is given: inputs, the lines or the column of a file, parameters. Reads; calls nothing."""

import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines.tasks import Task

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_JSON_LINES = (".jsonl", ".ndjson")
_USUAL_COLUMNS = ("text", "inputs", "input")
CELL_MAX_LENGTH = 16 << 20


def read_input(task: Task, text: str) -> Any:
    """What the pipeline is given for `text`: itself, or standard input for `-`."""
    if text == "-":
        content = _standard_input()
        return _text_of(content, "standard input").rstrip("\n") if task.takes == "text" else content
    if not text.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid(f"input: {text!a} is no UTF-8 text; give it in that encoding, or as a file.")
    return text


def _standard_input() -> bytes:
    """Raises Invalid where a shell closed it."""
    if sys.stdin is None:
        raise Invalid("input: standard input is closed; give a text, a path or a link.")
    return sys.stdin.buffer.read()


def _text_of(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(f"input: {name} is no UTF-8 text; give it in that encoding.") from None


def read_batch(file: Path, column: str | None) -> list[str]:
    """The inputs of a batch: a column of CSV, TSV or JSON lines, else lines that hold something. Raises NotFound, Invalid."""
    text, suffix = _read(file), file.suffix.lower()
    if suffix in _SEPARATORS:
        found = _of_table(text, _SEPARATORS[suffix], file, column)
    elif suffix in _JSON_LINES:
        found = _of_json_lines(text, file, column)
    elif column is not None:
        raise Invalid(
            f"--column: {file} is no table; give a .csv, .tsv or .jsonl file, or leave --column out."
        )
    else:
        found = [line for line in text.splitlines() if line.strip()]
    if not found:
        raise Invalid(f"--batch: {file} holds no inputs; write one a line.")
    return found


def _read(file: Path) -> str:
    try:
        return _text_of(_standard_input(), "--batch -") if str(file) == "-" else file.read_text("utf-8-sig")
    except OSError as error:
        raise NotFound(
            f"--batch: {file} cannot be read ({error.strerror}); give the path of a text file."
        ) from None
    except UnicodeDecodeError:
        raise Invalid(f"--batch: {file} is no UTF-8 text; give a file with one input a line.") from None


def _of_table(text: str, separator: str, file: Path, column: str | None) -> list[str]:
    csv.field_size_limit(CELL_MAX_LENGTH)
    try:
        rows = csv.DictReader(io.StringIO(text), delimiter=separator)
        chosen = _choose(list(rows.fieldnames or ()), file, column)
        return [str(row[chosen] or "") for row in rows]
    except csv.Error as error:
        raise Invalid(f"--batch: {file} cannot be read as a table ({error}); save it again as CSV.") from None


def _of_json_lines(text: str, file: Path, column: str | None) -> list[str]:
    values = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise Invalid(
                f"--batch: line {number} of {file} is no JSON; write one value or object a line."
            ) from None
        value = row[_choose(list(row), file, column)] if isinstance(row, dict) else row
        values.append(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return values


def _choose(names: Sequence[str], file: Path, column: str | None) -> str:
    if column is not None and column in names:
        return column
    usual = [name for name in names if name.lower() in _USUAL_COLUMNS]
    if column is None and (len(names) == 1 or len(usual) == 1):
        return (usual or names)[0]
    wanted = f"{file} has no column {column!r}" if column is not None else f"{file} has several columns"
    raise Invalid(f"--column: {wanted}; name one of {', '.join(names) or 'none'}.")


def read_parameters(given: Sequence[str]) -> dict[str, Any]:
    """`NAME=VALUE` pairs; a value that is JSON is read as such. Raises Invalid."""
    found: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise Invalid(f"--set: {pair!r} is not of the form NAME=VALUE.")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found
