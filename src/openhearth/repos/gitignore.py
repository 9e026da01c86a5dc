"""Which paths a .gitignore at the root of a repo leaves out. Rules of gitignore(5); knows no disk."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from openhearth.errors import Invalid

TEXT_MAX_BYTES = 256 << 10
LINES_MAX = 5000
STARS_MAX = 6  # in one pattern: each one more can multiply the work of matching


@dataclass(frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    folders_only: bool
    ignores: bool


class IgnoreRules:
    def __init__(self, rules: Sequence[_Rule]) -> None:
        self._rules = tuple(reversed(rules))

    @classmethod
    def from_gitignore(cls, text: str) -> "IgnoreRules":
        """Raises Invalid beyond the caps."""
        lines = text.splitlines()
        if len(text) > TEXT_MAX_BYTES or len(lines) > LINES_MAX:
            raise Invalid(
                f"gitIgnore: longer than {TEXT_MAX_BYTES} bytes or {LINES_MAX} lines; make it shorter."
            )
        return cls([rule for line in lines if (rule := _parse_line(line)) is not None])

    def matches(self, path: str) -> bool:
        """Whether `path` is ignored: by itself, or with a folder it lies in."""
        parts = path.split("/")
        return any(
            self._decide("/".join(parts[:n]), is_folder=n < len(parts)) for n in range(1, len(parts) + 1)
        )

    def _decide(self, path: str, *, is_folder: bool) -> bool:
        for rule in self._rules:
            if (is_folder or not rule.folders_only) and rule.pattern.fullmatch(path):
                return rule.ignores
        return False


def _parse_line(line: str) -> _Rule | None:
    line = re.sub(r"(?<!\\)[ \t]+$", "", line)
    if not line or line.startswith("#") or len(re.findall(r"\*+", line)) > STARS_MAX:
        return None
    ignores = not line.startswith("!")
    glob = line.removeprefix("!")
    folders_only = glob.endswith("/")
    glob = glob.rstrip("/") if folders_only else glob
    if not glob:
        return None
    prefix = "" if "/" in glob else "(?:.*/)?"
    try:
        return _Rule(
            re.compile(prefix + _translate(glob.removeprefix("/")), re.DOTALL), folders_only, ignores
        )
    except re.error:  # git takes a malformed class for a pattern that matches nothing
        return None


def _translate(glob: str) -> str:
    """A glob as a regular expression."""
    found = []
    position = 0
    while position < len(glob):
        match = _TOKEN.match(glob, position)
        assert match is not None
        found.append(_piece(match[0], is_last=match.end() == len(glob), is_first=position == 0))
        position = match.end()
    return "".join(found)


_TOKEN = re.compile(r"/\*\*/|\*\*/|/\*\*|\*+|\?|\[[!^]?\]?[^\]]*\]|\\.|.", re.DOTALL)


def _piece(glob: str, *, is_first: bool, is_last: bool) -> str:
    if glob == "/**/":
        return "/(?:.*/)?"
    if glob == "**/" and is_first:
        return "(?:.*/)?"
    if glob == "/**" and is_last:
        return "/.*"
    if glob.strip("*") == "":
        return "[^/]*"
    if glob == "?":
        return "[^/]"
    if glob.startswith("[") and len(glob) > 2:
        body = glob[1:-1].replace("\\", "\\\\")
        return f"[^/{body[1:]}]" if body[0] in "!^" else f"[{body}]"
    return "".join(re.escape(c) for c in glob.removeprefix("\\") or "\\")
