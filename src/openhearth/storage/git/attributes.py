"""Which paths a .gitattributes file sends through Git LFS (`filter=lfs`).

Patterns follow gitattributes(5), which are those of gitignore(5) without negation and without folders
standing for what they hold. Macros other than the built-in `binary` are not defined here and stay without
effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(.*)', re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": r"\x21-\x7e", "lower": "a-z", "print": r"\x20-\x7e", "punct": r"!-/:-@\[-`{-~", "space": r"\s",
    "upper": "A-Z", "xdigit": "0-9a-fA-F",
}  # fmt: skip


@dataclass(frozen=True)
class _Rule:
    segments: tuple[re.Pattern[str] | None, ...]  # None stands for `**`
    anchored: bool
    lfs: bool

    def matches(self, parts: Sequence[str]) -> bool:
        if not self.anchored:
            head = self.segments[0]
            return head is not None and head.fullmatch(parts[-1]) is not None
        return _match_segments(self.segments, parts)


class LfsRules:
    """The rules of one .gitattributes file at the root of a repo; the last rule that says something wins."""

    def __init__(self, rules: Iterable[_Rule] = ()) -> None:
        self._rules = tuple(rules)[::-1]

    @classmethod
    def from_gitattributes(cls, text: str) -> LfsRules:
        """Read the file's text; lines that git would ignore are ignored."""
        rules = (_parse_line(line) for line in text.splitlines())
        return cls(rule for rule in rules if rule is not None)

    def matches(self, path: str) -> bool:
        """Whether a file at `path` belongs in LFS."""
        parts = path.split("/")
        return next((rule.lfs for rule in self._rules if rule.matches(parts)), False)


def _parse_line(line: str) -> _Rule | None:
    line = line.strip(" \t\r")
    if not line or line.startswith(("#", "!", "[attr]")):
        return None
    if quoted := _QUOTED.fullmatch(line):
        pattern, attributes = _unquote(quoted[1]), quoted[2]
    else:
        pattern, _, attributes = line.replace("\t", " ").partition(" ")
    lfs = _filter_of(attributes.split())
    if lfs is None or pattern.endswith("/") or not pattern:
        return None  # a pattern with a trailing slash names a folder, and folders carry no filter
    anchored = "/" in pattern
    parts = pattern.removeprefix("/").split("/") if anchored else [pattern]
    segments = tuple(None if part == "**" and anchored else _compile(part) for part in parts)
    return _Rule(segments, anchored, lfs)


def _filter_of(attributes: Sequence[str]) -> bool | None:
    """True: the filter is lfs; False: it is something else; None: nothing is said of it."""
    lfs: bool | None = None
    for attribute in attributes:
        name, _, value = attribute.partition("=")
        if name.lstrip("-!") == "filter":
            lfs = name == "filter" and value == "lfs"
    return lfs


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1] if m[1] in '"\\' else "\\" + m[1]), text)


def _compile(glob: str) -> re.Pattern[str]:
    """One path segment as a regular expression. Atomic groups keep many stars from exploding."""
    pieces: list[list[str]] = [[]]
    position = 0
    while position < len(glob):
        char = glob[position]
        position += 1
        if char == "*":
            pieces.append([])
        elif char == "?":
            pieces[-1].append(".")
        elif char == "[":
            text, position = _compile_class(glob, position)
            pieces[-1].append(text)
        elif char == "\\" and position < len(glob):
            pieces[-1].append(re.escape(glob[position]))
            position += 1
        else:
            pieces[-1].append(re.escape(char))
    first, *rest = ("".join(piece) for piece in pieces)
    if not rest:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1] if piece)
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


def _compile_class(glob: str, start: int) -> tuple[str, int]:
    """The bracket expression that begins before `start`, and where it ends; unclosed, it matches nothing."""
    position = start
    negated = glob[position : position + 1] in ("!", "^")
    position += negated
    body = ""
    first = True
    while position < len(glob) and (glob[position] != "]" or first):
        first = False
        named = re.compile(r"\[:(\w+):\]").match(glob, position)
        if named and named[1] in _CLASSES:
            body += _CLASSES[named[1]]
            position = named.end()
            continue
        char = glob[position]
        if char == "\\" and position + 1 < len(glob):
            position += 1
            body += re.escape(glob[position])
        else:
            body += char if char == "-" else re.escape(char)
        position += 1
    if position >= len(glob):
        return r"(?!)", position
    text = f"[{'^' if negated else ''}{body}]"
    try:
        re.compile(text)
    except re.error:  # a range that runs backwards matches nothing in git
        text = r"(?!)"
    return text, position + 1


def _match_segments(pattern: Sequence[re.Pattern[str] | None], parts: Sequence[str]) -> bool:
    """Match whole segments; `**` takes any number of them, at least one where it ends the pattern."""
    if pattern[-1] is None:
        pattern = (*pattern[:-1], _ANY, None)
    at = position = 0
    star = mark = -1
    while position < len(parts):
        segment = pattern[at] if at < len(pattern) else _NOTHING
        if segment is None:
            star, mark = at, position
            at += 1
        elif segment.fullmatch(parts[position]):
            at += 1
            position += 1
        elif star >= 0:
            mark += 1
            at, position = star + 1, mark
        else:
            return False
    return all(segment is None for segment in pattern[at:])


_ANY = re.compile(".*", re.DOTALL)
_NOTHING = re.compile("(?!)")
