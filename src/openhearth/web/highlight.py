"""Source text to highlighted lines. Classes only: colours are in `static/css/syntax.css`.

Strangers choose text and language. Of Pygments' lexers some look ahead without end, the whole process waiting
for one regular expression: only languages that were tried with such text are painted, and those for a while.
"""

import time
from collections.abc import Iterator
from io import StringIO

from markupsafe import Markup, escape
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

# Beyond this a page shows plain lines: highlighting costs about a second per megabyte.
HIGHLIGHT_MAX_CHARS = 200_000
FILE_MAX_S = 0.5
BLOCK_MAX_S = 0.1  # a card may hold many blocks
_LANGUAGES = frozenset((
    "bash", "batch", "c", "cmake", "cpp", "csharp", "css", "cuda", "dart", "diff", "docker", "fortran",
    "go", "graphql", "haskell", "html", "java", "javascript", "json", "julia", "jsx", "kotlin", "lua",
    "make", "nginx", "objective-c", "perl", "powershell", "protobuf", "pytb", "python", "pycon",
    "restructuredtext", "ruby", "rust", "scala", "scss", "splus", "sql", "swift", "systemverilog", "tex",
    "toml", "tsx", "typescript", "xml", "yaml", "zig",
))  # fmt: skip
_FORMATTER = HtmlFormatter[str](nowrap=True, classprefix="s-")


def highlight_lines(text: str, file_name: str) -> list[Markup]:
    """One piece of safe HTML per line of `text`, without line ends. The language follows `file_name`."""
    return _lines(text, _lexer_of_file(file_name), FILE_MAX_S)


def highlight_block(text: str, language: str) -> Markup:
    """Safe HTML of a block in `language` (a Pygments alias); an unknown one stays plain."""
    return Markup("\n").join(_lines(text, _lexer_of_language(language), BLOCK_MAX_S))


def _lines(text: str, lexer: Lexer | None, most_s: float) -> list[Markup]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    if lexer is None or len(text) > HIGHLIGHT_MAX_CHARS:
        return [escape(line) for line in lines]
    # Pygments closes and reopens its spans at line ends, so each line stands alone.
    painted = StringIO()
    _FORMATTER.format(_tokens("\n".join(lines) + "\n", lexer, most_s), painted)
    return [Markup(line) for line in painted.getvalue().removesuffix("\n").split("\n")]  # noqa: S704


def _tokens(text: str, lexer: Lexer, most_s: float) -> Iterator[tuple[_TokenType, str]]:
    """The tokens of `text`; what is left when time is up is one plain token."""
    ends, position = time.monotonic() + most_s, 0
    for _, kind, value in lexer.get_tokens_unprocessed(text):
        yield kind, value
        position += len(value)
        if time.monotonic() > ends:
            break
    yield Token.Text, text[position:]


def _lexer_of_file(file_name: str) -> Lexer | None:
    try:
        return _known(get_lexer_for_filename(file_name))
    except ClassNotFound:
        return None


def _lexer_of_language(language: str) -> Lexer | None:
    try:
        return _known(get_lexer_by_name(language))
    except ClassNotFound:
        return None


def _known(lexer: Lexer) -> Lexer | None:
    return lexer if lexer.aliases and lexer.aliases[0] in _LANGUAGES else None
