"""Source text to highlighted lines. Classes only: colours are in `static/css/syntax.css`."""

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import TextLexer, get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

# Beyond this a page shows plain lines: highlighting costs about a second per megabyte.
HIGHLIGHT_MAX_CHARS = 400_000
_FORMATTER = HtmlFormatter[str](nowrap=True, classprefix="s-")


def highlight_lines(text: str, file_name: str) -> list[Markup]:
    """One piece of safe HTML per line of `text`, without line ends. The language follows `file_name`."""
    return _lines(text, _lexer_of_file(file_name))


def highlight_block(text: str, language: str) -> Markup:
    """Safe HTML of a block in `language` (a Pygments alias); an unknown one stays plain."""
    return Markup("\n").join(_lines(text, _lexer_of_language(language)))


def _lines(text: str, lexer: Lexer | None) -> list[Markup]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    if lexer is None or len(text) > HIGHLIGHT_MAX_CHARS:
        return [escape(line) for line in lines]
    # Pygments closes and reopens its spans at line ends, so each line stands alone.
    painted = highlight("\n".join(lines) + "\n", lexer, _FORMATTER).removesuffix("\n").split("\n")
    return [Markup(line) for line in painted]  # noqa: S704


def _lexer_of_file(file_name: str) -> Lexer | None:
    try:
        return _keeping_lines(get_lexer_for_filename(file_name))
    except ClassNotFound:
        return None


def _lexer_of_language(language: str) -> Lexer | None:
    try:
        return _keeping_lines(get_lexer_by_name(language))
    except ClassNotFound:
        return None


def _keeping_lines(lexer: Lexer) -> Lexer | None:
    """Pygments strips blank lines at both ends by default, which would shift the line numbers."""
    if isinstance(lexer, TextLexer):
        return None
    lexer.stripnl = False
    return lexer
