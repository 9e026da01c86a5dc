"""The few facts that a model's card states about running it, read without a YAML parser so that thousands list quickly."""

import re
from pathlib import Path

_FRONT_MATTER_MAX_BYTES = 16_384
_LINE = re.compile(r"^(pipeline_tag|library_name|starter_recipe):\s*(\S+)", re.MULTILINE)

_LANGUAGE = re.compile(r"^language:([^\n]*(?:\n\s*-[^\n]*)*)", re.MULTILINE)


def read_card(folder: Path) -> dict[str, str]:
    """`pipeline_tag`, `library_name` and `starter_recipe`, as far as the README.md in `folder` states them."""
    text = read_head(folder / "README.md")
    head = text.split("\n---", 1)[0] if text.startswith("---") else ""
    return {key: value.strip("'\"") for key, value in _LINE.findall(head)}


def read_languages(folder: Path) -> tuple[str, ...]:
    """The languages that the card in `folder` states, as it writes them: `language: en`, or a list of either kind."""
    text = read_head(folder / "README.md")
    match = _LANGUAGE.search(text.split("\n---", 1)[0]) if text.startswith("---") else None
    return tuple(re.findall(r"[\w-]*\w", match[1])) if match else ()


def read_head(path: Path) -> str:
    """The first lines of a text file; nothing if it cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(_FRONT_MATTER_MAX_BYTES).strip()
    except OSError:
        return ""
