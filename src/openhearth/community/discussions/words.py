"""Comments as HTML: Markdown made safe, with mentions of people and of other discussions turned into links."""

import re
from collections.abc import Callable

from markupsafe import Markup

from openhearth.kit.names import RepoRef
from openhearth.urls import Urls
from openhearth.web import render_markdown

# Not inside a word, an address or a path; names as `kit.names` allows them.
_MENTION = re.compile(r"(?<![\w@/.\-`])@([A-Za-z0-9_](?:[A-Za-z0-9_-]{0,94}[A-Za-z0-9_])?)(?![\w/])")
_NUMBER = re.compile(r"(?<![\w#/&`])#([1-9][0-9]{0,8})\b")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_CODE = re.compile(r"(`+)(?:.*?)\1", re.DOTALL)
MENTIONS_MAX = 50


def find_mentions(text: str) -> list[str]:
    """The names that `text` calls with an @, each once, in order; not those inside code."""
    names = (found[1] for part in _prose(text) for found in _MENTION.finditer(part))
    return list(dict.fromkeys(names))[:MENTIONS_MAX]


def render_comment(text: str, urls: Urls, repo: RepoRef) -> Markup:
    """Safe HTML. `@name` leads to a profile, `#3` to that discussion of the same repo."""

    def linked(part: str) -> str:
        part = _MENTION.sub(lambda m: f"[@{m[1]}]({urls.profile(m[1])})", part)
        return _NUMBER.sub(lambda m: f"[#{m[1]}]({urls.discussion(repo, int(m[1]))})", part)

    return render_markdown(_map_prose(text, linked))


def _prose(text: str) -> list[str]:
    parts: list[str] = []

    def note(part: str) -> str:
        parts.append(part)
        return part

    _map_prose(text, note)
    return parts


def _map_prose(text: str, change: Callable[[str], str]) -> str:
    """`text` with `change` applied to what is neither a code block nor code in a line, nor a link's own address."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        elif not line.startswith(("    ", "\t")):
            line = _map_line(line, change)
        lines.append(line)
    return "\n".join(lines)


def _map_line(line: str, change: Callable[[str], str]) -> str:
    parts: list[str] = []
    end = 0
    for found in _CODE.finditer(line):
        parts += [change(line[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, change(line[end:])])
