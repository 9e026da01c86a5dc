"""A text in segments to translate, and what stands between them and stays: line breaks, list marks, indents.

Inside a segment, what is no language (links, addresses, code, tags, {places}) is fenced off, and the characters that mean
something in Apertium's stream are escaped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LINE = re.compile(
    r"(?P<mark>\s*(?:(?:[-*+•–>#|]+|\(?\d{1,3}[.)]|[a-zA-Z][.)])\s+)*)(?P<text>.*?)(?P<end>\s*)$", re.DOTALL
)
# A shorter line that ends so is one that was wrapped, and goes on in the next.
_WRAPPED_FROM = 50
_ENDS = (".", "!", "?", ":", ";", "…", ".”", '."', ".»", ".)")
_LETTER = re.compile(r"[^\W\d_]")
_FENCED = re.compile(
    r"`[^`\n]+`|(?:https?|ftp)://[^\s<>\"]*[^\s<>\".,;:!?)\]'»”]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|</?[A-Za-z][^<>\n]{0,200}>|\{[^{}\n]{0,80}\}|\bwww\.[\w./-]*\w"
)
_MEANT = re.compile(r"[\[\]{}^$/\\@<>]")
_UNESCAPE = re.compile(r"\\(.)|[\[\]]", re.DOTALL)


@dataclass(frozen=True)
class Segments:
    """`between` has one more than `texts`: what stands before, between and behind them."""

    between: tuple[str, ...]
    texts: tuple[str, ...]

    def join(self, texts: Sequence[str]) -> str:
        """The whole with `texts` in place of its own."""
        pairs = zip(texts, self.between[1:], strict=True)
        return self.between[0] + "".join(text + after for text, after in pairs)


def cut(text: str) -> Segments:
    """The segments of `text`: a line each, or a paragraph of wrapped lines."""
    between: list[str] = []
    texts: list[str] = []
    gap = ""
    wrapped = False
    for line in text.splitlines(keepends=True):
        match = _LINE.fullmatch(line)
        assert match is not None, "every line has a mark, a text and an end, all of which may be empty"
        mark, words, end = match["mark"], match["text"], match["end"]
        if not _LETTER.search(words):
            gap, wrapped = gap + line, False
            continue
        if wrapped and not mark.strip():
            texts[-1] += gap + mark + words
        else:
            between.append(gap + mark)
            texts.append(words)
        gap = end
        wrapped = len(words) >= _WRAPPED_FROM and not words.endswith(_ENDS) and end.count("\n") == 1
    return Segments((*between, gap), tuple(texts))


def escape(text: str) -> str:
    """`text` as the stream has it."""
    parts, end = [], 0
    for match in _FENCED.finditer(text):
        parts += [_plain(text[end : match.start()]), f"[{_plain(match.group())}]"]
        end = match.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(text: str) -> str:
    return _MEANT.sub(r"\\\g<0>", text.replace("\0", ""))


def unescape(stream: str) -> str:
    """A text again of what came out of the stream."""
    return _UNESCAPE.sub(lambda match: match[1] or "", stream)
