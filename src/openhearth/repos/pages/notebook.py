"""Jupyter notebooks as cells to show: code, Markdown, and outputs that are text or pictures.

Format: https://nbformat.readthedocs.io/en/latest/format_description.html (version 4). Outputs that are HTML
or scripts are left out: they were made by somebody's code.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from openhearth.kit.foreign_json import load_json
from openhearth.web import highlight_lines, is_costly, render_markdown

CELLS_MAX = 500
OUTPUT_MAX_CHARS = 20_000
_IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True, kw_only=True)
class CellOutput:
    """Text, or a picture as a data address."""

    text: str = ""
    image_src: str = ""
    is_error: bool = False


@dataclass(frozen=True, kw_only=True)
class NotebookCell:
    kind: Literal["code", "markdown", "raw"]
    number: int | None = None
    lines: Sequence[Markup] = ()
    html: Markup | None = None
    outputs: Sequence[CellOutput] = ()


def read_notebook(content: bytes) -> list[NotebookCell]:
    """The cells of a notebook, empty if this is none."""
    try:
        notebook = load_json(content)
    except ValueError:
        return []
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return []
    suffix = _suffix_of(notebook.get("metadata"))
    shown = [cell for cell in cells[:CELLS_MAX] if isinstance(cell, dict)]
    words = "".join(_text(cell.get("source")) for cell in shown if cell.get("cell_type") == "markdown")
    if is_costly(words):
        shown = [
            {**cell, "cell_type": "raw"} if cell.get("cell_type") == "markdown" else cell for cell in shown
        ]
    return [_cell(cell, suffix) for cell in shown]


def _suffix_of(metadata: object) -> str:
    language = metadata.get("language_info") if isinstance(metadata, dict) else None
    suffix = language.get("file_extension") if isinstance(language, dict) else None
    return suffix if isinstance(suffix, str) else ".py"


def _cell(cell: dict[str, Any], suffix: str) -> NotebookCell:
    source = _text(cell.get("source"))
    if cell.get("cell_type") == "markdown":
        return NotebookCell(kind="markdown", html=render_markdown(source))
    if cell.get("cell_type") != "code":
        return NotebookCell(kind="raw", lines=highlight_lines(source, "cell.txt"))
    outputs = cell.get("outputs")
    count = cell.get("execution_count")
    return NotebookCell(
        kind="code",
        number=count if isinstance(count, int) else None,
        lines=highlight_lines(source, f"cell{suffix}"),
        outputs=[_output(o) for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else (),
    )


def _output(output: dict[str, Any]) -> CellOutput:
    if output.get("output_type") == "error":
        trace = _text(output.get("traceback"), joint="\n") or _text(output.get("evalue"))
        return CellOutput(text=_ANSI.sub("", trace)[:OUTPUT_MAX_CHARS], is_error=True)
    bundle = output.get("data")
    if not isinstance(bundle, dict):
        return CellOutput(text=_ANSI.sub("", _text(output.get("text")))[:OUTPUT_MAX_CHARS])
    for media_type in _IMAGE_TYPES:
        encoded = _text(bundle.get(media_type))
        if encoded and _BASE64.fullmatch(encoded):
            return CellOutput(image_src=f"data:{media_type};base64,{''.join(encoded.split())}")
    return CellOutput(text=_text(bundle.get("text/plain"))[:OUTPUT_MAX_CHARS])


def _text(value: object, *, joint: str = "") -> str:
    """A notebook's multi-line text: one string, or a list of them."""
    if isinstance(value, list):
        return joint.join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
