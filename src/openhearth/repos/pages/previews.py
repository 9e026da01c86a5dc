"""What a file looks like on its page, decided by its name and its first bytes. Pure: bytes in, a record out.

A preview never raises for content: what cannot be shown as its kind is shown as text, or as facts alone.
"""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from markupsafe import Markup

from openhearth.cards import read_card
from openhearth.kit.foreign_json import load_json
from openhearth.repos.pages.notebook import NotebookCell, read_notebook
from openhearth.web import highlight_lines, render_markdown
from openhearth.web.parts import Column

Kind = Literal[
    "text",
    "markdown",
    "table",
    "notebook",
    "image",
    "audio",
    "video",
    "pdf",
    "safetensors",
    "large",
    "binary",
    "empty",
]

TEXT_MAX_BYTES = 1 << 20
TABLE_ROWS = 200
TABLE_COLUMNS = 100
CELL_MAX_CHARS = 400

_IMAGES = frozenset([".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".svg", ".ico"])
_SOUNDS = frozenset([".mp3", ".wav", ".flac", ".ogg", ".oga", ".m4a", ".aac", ".opus"])
_FILMS = frozenset([".mp4", ".webm", ".mov", ".m4v", ".ogv"])
_MARKDOWN = frozenset({".md", ".markdown"})
_TABLES = {".csv": ",", ".tsv": "\t"}
# Loading one of these runs whatever code its author put in.
_PICKLES = frozenset([".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib"])


@dataclass(frozen=True, kw_only=True)
class Preview:
    """How a file is shown. `has_source`: it can also be shown as plain text."""

    kind: Kind
    lines: Sequence[Markup] = ()
    html: Markup | None = None
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[str]] = ()
    cells: Sequence[NotebookCell] = ()
    has_source: bool = False
    note: str = ""


def kind_of(path: str) -> Kind | None:
    """The kind that a name alone tells; None: its content must be looked at."""
    suffix = PurePosixPath(path).suffix.lower()
    by_suffix: tuple[tuple[frozenset[str], Kind], ...] = (
        (_IMAGES, "image"), (_SOUNDS, "audio"), (_FILMS, "video"),
        (frozenset({".pdf"}), "pdf"), (frozenset({".safetensors"}), "safetensors"),
    )  # fmt: skip
    return next((kind for suffixes, kind in by_suffix if suffix in suffixes), None)


def pickle_warning(path: str) -> str | None:
    """A sentence for files that may run code when they are loaded."""
    if PurePosixPath(path).suffix.lower() in _PICKLES:
        return "May be a pickle: loading it can run code. Prefer safetensors."
    return None


def is_text(content: bytes) -> bool:
    """Whether `content` is UTF-8 text."""
    if b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def preview_of(path: str, content: bytes, *, plain: bool, rewrite: Callable[[str, bool], str]) -> Preview:
    """The preview of a whole file of at most TEXT_MAX_BYTES. `plain` asks for its source."""
    if not content:
        return Preview(kind="empty")
    if not is_text(content):
        return Preview(kind="binary")
    text = content.decode()
    suffix = PurePosixPath(path).suffix.lower()
    drawn: Preview | None = None
    if not plain and suffix in _MARKDOWN:
        drawn = Preview(
            kind="markdown", html=render_markdown(read_card(content).body, rewrite=rewrite), has_source=True
        )
    elif not plain and suffix in _TABLES:
        drawn = _table(text, _TABLES[suffix])
    elif not plain and suffix == ".ipynb":
        drawn = _notebook(content)
    elif not plain and suffix == ".json":
        drawn = _json(path, text)
    if drawn is not None:
        return drawn
    return Preview(
        kind="text", lines=highlight_lines(text, path), has_source=suffix in {*_MARKDOWN, *_TABLES, ".ipynb"}
    )


def _json(path: str, text: str) -> Preview | None:
    """JSON written on very few lines is spread out; everything else stays as its author wrote it."""
    if text.count("\n") > 3:
        return None
    try:
        spread = json.dumps(load_json(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    note = "Spread over lines for reading; the source is on one."
    return Preview(kind="text", lines=highlight_lines(spread, path), has_source=True, note=note)


def _table(text: str, delimiter: str) -> Preview | None:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        header = next(reader)
        rows = []
        for row in reader:
            rows.append(row)
            if len(rows) > TABLE_ROWS:
                break
    except (csv.Error, StopIteration):
        return None
    width = min(len(header), TABLE_COLUMNS)
    cut = f"The first {TABLE_ROWS} rows." if len(rows) > TABLE_ROWS else ""
    if len(header) > TABLE_COLUMNS:
        cut = f"{cut} The first {TABLE_COLUMNS} of {len(header)} columns.".strip()
    return Preview(
        kind="table",
        columns=[Column(label=name) for name in header[:width]],
        rows=[_cells(row, width) for row in rows[:TABLE_ROWS]],
        has_source=True,
        note=cut,
    )


def _cells(row: Sequence[str], width: int) -> list[str]:
    cut = [cell if len(cell) <= CELL_MAX_CHARS else cell[:CELL_MAX_CHARS] + "…" for cell in row[:width]]
    return cut + [""] * (width - len(cut))


def _notebook(content: bytes) -> Preview | None:
    cells = read_notebook(content)
    return Preview(kind="notebook", cells=cells, has_source=True) if cells else None
