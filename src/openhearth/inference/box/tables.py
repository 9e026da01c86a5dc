"""A table as people paste it: CSV, semicolons, or what a spreadsheet puts on the clipboard (tabs)."""

import csv
import io

from openhearth.errors import Invalid

ROWS_MAX = 2000
COLUMNS_MAX = 200
DELIMITERS = "\t;,"

Table = dict[str, list[str]]


def read_table(text: str, *, field: str = "table") -> Table:
    """The columns of `text` by their names, cells as texts. Raises Invalid."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=head.count)
    try:
        lines = [
            row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise Invalid(
            f"{field}: is no table that can be read ({error}); paste it as CSV.", param=field
        ) from None
    if len(lines) < 2:
        raise Invalid(f"{field}: write a line of column names first, and a line for each row.", param=field)
    names, rows = [name.strip() for name in lines[0]], lines[1:]
    if len(rows) > ROWS_MAX or len(names) > COLUMNS_MAX:
        raise Invalid(
            f"{field}: {len(rows)} rows and {len(names)} columns are too many to try; give at most {ROWS_MAX} and "
            f"{COLUMNS_MAX}.",
            param=field,
        )
    if len(set(names)) < len(names) or not all(names):
        raise Invalid(f"{field}: each column needs a name of its own; mend the first line.", param=field)
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise Invalid(
                f"{field}: row {number} has {len(row)} cells, and there are {len(names)} columns; mend it.",
                param=field,
            )
    return {name: [row[at].strip() for row in rows] for at, name in enumerate(names)}


def write_table(table: dict[str, list[str]]) -> str:
    """`table` as CSV."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return stream.getvalue()
