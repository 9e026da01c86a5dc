"""Keeping .gitattributes true: a large file whose path no rule covers gets one, or git clients would see its pointer."""

import re
from collections.abc import Collection, Iterable

from openhearth.repos.first_commit import lfs_line
from openhearth.storage.git import LfsRules

PATH = ".gitattributes"
# One large file of these says nothing about the next one.
_TEXT_ENDINGS = frozenset(
    [
        "json",
        "jsonl",
        "txt",
        "md",
        "csv",
        "tsv",
        "yaml",
        "yml",
        "toml",
        "xml",
        "html",
        "svg",
        "py",
        "js",
        "ts",
        "ipynb",
        "sh",
        "cfg",
        "ini",
        "log",
        "jinja",
    ]
)
_PLAIN_ENDING = re.compile(r"[A-Za-z0-9_+-]{1,16}")


def rules_for(text: str, large: Iterable[str], regular: Collection[str]) -> str:
    """`text` with rules added for the `large` paths it does not cover.

    An ending gets a rule of its own (`*.bin`) unless it is one of text, or one of the `regular` files has it.
    """
    rules = LfsRules.from_gitattributes(text)
    taken = {_ending(path) for path in regular}
    added: dict[str, None] = {}
    for path in large:
        if rules.matches(path):
            continue
        ending = _ending(path)
        added[f"*.{ending}" if ending and ending not in taken else _quote(path)] = None
    if not added:
        return text
    return _ended(text) + "".join(map(lfs_line, added))


def _ending(path: str) -> str | None:
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    usable = bool(dot and stem) and _PLAIN_ENDING.fullmatch(ending) and ending.lower() not in _TEXT_ENDINGS
    return ending if usable else None


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _quote(path: str) -> str:
    """A path as a pattern that matches it alone (gitattributes(5): quoted if it holds what ends a pattern)."""
    glob = re.sub(r"([*?\[\\])", r"\\\1", path)
    glob = glob if "/" in glob else f"/{glob}"
    if re.search(r'[\s"#!]', glob):
        return '"' + glob.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return glob
