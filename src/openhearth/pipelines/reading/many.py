"""Inputs that are many, whatever holds them: a generator, a column of a table, a data set, a folder, a pattern of files.

A plain list is none of these: tasks take lists themselves. No library is imported to find out: what a thing is follows
from the module that made it.
"""

import re
import sys
from collections import deque
from collections.abc import Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.reading.content import PATH_BEGINNINGS, named_path
from openhearth.pipelines.reading.texts import READABLE_SUFFIXES
from openhearth.pipelines.tasks import OPENED_BY_TASKS, InputKind

# What the files of a folder must end with to be of a kind.
SUFFIXES: Mapping[str, frozenset[str]] = {
    "text": READABLE_SUFFIXES,
    "image": frozenset([".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".ppm"]),
    "audio": frozenset(
        [".wav", ".mp3", ".ogg", ".oga", ".opus", ".flac", ".m4a", ".aac", ".webm", ".wma", ".aif", ".aiff"]
    ),
    "video": frozenset([".mp4", ".webm", ".mkv", ".mov", ".avi", ".gif", ".mpg", ".mpeg", ".m4v", ".ogv"]),
}
# Columns that hold the input by their name, where a table has several.
_USUAL = {
    "text": ("text", "sentence", "content", "review"),
    "image": ("image", "img"),
    "audio": ("audio",),
    "video": ("video",),
}
# What holds many beside lists, and is no input by itself.
_COLLECTIONS = (set, frozenset, deque, range, KeysView, ValuesView)
_DIGITS = re.compile(r"(\d+)")
_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Many:
    """`length` None: nobody knows. `is_lazy`: the answers too are wanted one by one."""

    items: Any
    length: int | None = None
    is_lazy: bool = False

    @property
    def is_indexed(self) -> bool:
        """Whether it is a data set of torch, of which items are taken by their number."""
        return self.length is not None and _is_torch_dataset(self.items)


def find_many(
    given: Any, kind: InputKind, *, as_text: bool = False, parts: tuple[str, ...] = ()
) -> Many | None:
    """What `given` holds many of; None if it is one input, or a plain list. Raises Invalid for a table without a clear column.

    `as_text`: a string is a text, and no folder or pattern. `parts` are columns that make an input together.
    """
    if kind in OPENED_BY_TASKS:
        return None
    if isinstance(given, str | Path):
        files = None if as_text else _find_files(given, kind)
        return Many(files, len(files)) if files is not None else None
    if isinstance(given, _COLLECTIONS):
        return Many(list(given), len(given))
    maker, name = _made_by(given)
    if kind == "text" and (name == "ndarray" or maker == "pyarrow") and hasattr(given, "tolist"):
        texts = given.tolist()
        return Many(texts, len(texts)) if isinstance(texts, list) else None
    if maker in ("pandas", "polars", "datasets"):
        rows = _rows_of(given, parts)
        return rows if rows is not None else _of_table(given, name, kind)
    if _is_torch_dataset(given):
        return Many(given, len(given) if hasattr(given, "__len__") else None, is_lazy=True)
    if isinstance(given, Iterator) and not hasattr(given, "read"):
        return Many(given, is_lazy=True)
    return None


def _rows_of(given: Any, parts: tuple[str, ...]) -> Many | None:
    """A row of a table as one input, where the table has all its parts."""
    names: Any = getattr(given, "column_names", None) or getattr(given, "columns", ())
    if not parts or not set(parts) <= set(map(str, names)):
        return None
    columns = [list(given[part]) for part in parts]
    return Many([dict(zip(parts, row, strict=True)) for row in zip(*columns, strict=True)], len(columns[0]))


def _of_table(given: Any, name: str, kind: InputKind) -> Many | None:
    if name in ("Series", "Column"):
        return Many(given, len(given))
    if name == "DataFrame":
        column = given[_choose_column(list(given.columns), kind)]
        return Many(column, len(column))
    if name == "Dataset":
        column = given[_choose_column(given.column_names, kind)]
        return Many(column, len(column))
    if name == "IterableDataset":
        chosen = _choose_column(given.column_names or list(next(iter(given), {})), kind)
        return Many((row[chosen] for row in given), is_lazy=True)
    if name in ("DatasetDict", "IterableDatasetDict"):
        raise Invalid(f"inputs: this data set has the splits {', '.join(given)}; give one of them.")
    return None


def _choose_column(names: list[str], kind: InputKind) -> str:
    usual = [name for name in names if str(name).lower() in _USUAL[kind]]
    if len(names) == 1 or len(usual) == 1:
        return (usual or names)[0]
    shown = ", ".join(map(str, names)) or "none"
    raise Invalid(
        f"inputs: the table has the columns {shown}; give one of them, like table[{str(names[:1] or ['text'])[1:-1]}]."
    )


def _find_files(given: str | Path, kind: InputKind) -> list[Path] | None:
    """The files of a folder or of a pattern, in the order in which people number them; None if it names neither."""
    text = str(given)
    # A word may happen to be a folder: of a text, only what is spelled like a path counts.
    if kind == "text" and isinstance(given, str) and not _is_spelled_like_a_path(text):
        return None
    found = named_path(text)
    if found is not None and found.is_dir():
        files = [file for file in found.iterdir() if file.is_file() and file.suffix.lower() in SUFFIXES[kind]]
        if not files:
            raise Invalid(
                f"inputs: the folder {text} holds no {kind} files; those end in {' '.join(sorted(SUFFIXES[kind]))}."
            )
    elif found is None and _GLOB.search(text) and "\n" not in text and "://" not in text:
        files = [file for file in _glob(Path(text).expanduser()) if file.is_file()]
    else:
        return None
    return sorted(files, key=lambda file: _natural(str(file))) or None


def _glob(pattern: Path) -> Iterator[Path]:
    anchor = Path(pattern.anchor or ".")
    try:
        yield from anchor.glob(str(pattern.relative_to(pattern.anchor) if pattern.anchor else pattern))
    except (ValueError, NotImplementedError, OSError):
        return


def _is_spelled_like_a_path(text: str) -> bool:
    return len(text.split("\n", 1)) == 1 and (
        text.endswith(("/", "\\"))
        or text.startswith(PATH_BEGINNINGS)
        or Path(text).suffix.lower() in READABLE_SUFFIXES
    )


def _natural(name: str) -> list[tuple[int, str]]:
    """Photo 2 comes before photo 10."""
    parts = _DIGITS.split(name.lower())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _made_by(given: Any) -> tuple[str, str]:
    kind = type(given)
    return kind.__module__.partition(".")[0], kind.__name__


def _is_torch_dataset(given: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(given, torch.utils.data.Dataset)
