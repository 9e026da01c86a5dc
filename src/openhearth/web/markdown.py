"""Cards and comments: Markdown to HTML that is safe to show, whoever wrote it.

Knows no repo: relative addresses go through the caller's `rewrite`. Follows GitHub Flavored Markdown with
footnotes, alerts and `$…$` maths, which card writers expect.
"""

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.gfm import gfm_plugin

from openhearth.web.highlight import highlight_block
from openhearth.web.sanitise import Rewrite, clean

# What goes beyond is shown as plain text: parsing it would take longer than a page may. Each of these marks
# makes the parser look ahead, at some 50 µs.
MARKDOWN_MAX_CHARS = 250_000
MARKS_MAX = 30_000
_MARKS = "[<&|"
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")


def render_markdown(text: str, *, rewrite: Rewrite | None = None) -> Markup:
    """Safe HTML of `text`. `rewrite(url, is_image)` is asked about each relative address.

    Headings get ids with the prefix `user-content-`, so that nothing in a card can take an id of the page.
    Maths stays as TeX in elements of class `math`, which `static/js/math.js` draws.
    """
    if is_costly(text):
        return Markup(f'<pre class="prose__plain">{escape(text)}</pre>')  # noqa: S704
    return Markup(clean(_PARSER.render(text, {}), rewrite))  # noqa: S704


def is_costly(text: str) -> bool:
    """Whether `text` is shown plain because drawing it would take seconds."""
    return len(text) > MARKDOWN_MAX_CHARS or sum(map(text.count, _MARKS)) > MARKS_MAX


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub spells it."""
    return _NOT_IN_SLUG.sub("", heading.strip().lower()).replace(" ", "-")


def _highlight(code: str, language: str, _attributes: str) -> str:
    return str(highlight_block(code, language)) if language else ""


def _anchor_headings(state: StateCore) -> None:
    taken: dict[str, int] = {}
    for token, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if token.type != "heading_open":
            continue
        children = inline.children or ()
        words = "".join(child.content for child in children if child.type in ("text", "code_inline"))
        base = slug(words) or "section"
        seen = taken.get(base, 0)
        taken[base] = seen + 1
        token.attrSet("id", f"{base}-{seen}" if seen else base)


def _align_cells(state: StateCore) -> None:
    """Column alignment arrives as a `style`, which the content-security policy refuses."""
    for token in state.tokens:
        if token.type in ("td_open", "th_open") and "style" in token.attrs:
            side = str(token.attrs.pop("style")).removeprefix("text-align:")
            token.attrSet("align", side)


def _new_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "highlight": _highlight})
    gfm_plugin(parser)
    # Strict about what begins a formula: "$5 and $6" are prices.
    dollarmath_plugin(
        parser, allow_space=False, allow_digits=False, allow_blank_lines=False, double_inline=True
    )
    parser.core.ruler.push("anchor_headings", _anchor_headings)
    parser.core.ruler.push("align_cells", _align_cells)
    return parser


_PARSER = _new_parser()
