"""What of a stranger's HTML may reach a page. Allowlists only; the security policy is the second wall.

Relative addresses are rewritten here rather than in the Markdown parser, so that raw HTML is covered too.
"""

import re
from collections.abc import Callable

import nh3

_TEXT_TAGS = (
    "a abbr b bdi bdo blockquote br center cite code dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd "
    "li mark ol p pre q rp rt ruby s samp section small span strike strong sub sup time tt u ul var wbr"
)
_MEDIA_TAGS = "audio details figcaption figure img input picture source summary track video"
_TABLE_TAGS = "caption col colgroup table tbody td tfoot th thead tr"
TAGS = set(f"{_TEXT_TAGS} {_MEDIA_TAGS} {_TABLE_TAGS}".split())

ATTRIBUTES: dict[str, set[str]] = {
    "*": {"align", "class", "dir", "id", "lang", "title"},
    "a": {"href", "name"},
    "img": {"alt", "height", "src", "width"},
    "source": {"media", "sizes", "src", "srcset", "type"},
    "audio": {"src"},
    "video": {"height", "poster", "src", "width"},
    "track": {"kind", "label", "src", "srclang"},
    "details": {"open"},
    "input": {"checked"},
    "ol": {"start", "type"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "width"},
    "th": {"colspan", "rowspan", "scope", "width"},
    "table": {"width"},
    "time": {"datetime"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"datetime"},
    "ins": {"datetime"},
}
# Players always show their controls, a checkbox is a mark and no control, and keys can scroll long code and wide tables.
_FORCED = {
    "img": {"loading": "lazy"},
    "audio": {"controls": "", "preload": "none"},
    "video": {"controls": "", "preload": "metadata"},
    "input": {"type": "checkbox", "disabled": "", "aria-label": "Task"},
    "pre": {"tabindex": "0"},
    "table": {"tabindex": "0"},
}
_SCHEMES = {"http", "https", "mailto"}
_OUR_CLASSES = re.compile(
    r"s-[a-z0-9]{1,4}|highlight|math|inline|block|anchor|prose__plain|contains-task-list|task-list-item|footnotes?"
    r"|footnotes-list|footnote-item|footnote-backref|footnote-ref|markdown-alert(-[a-z]+)?"
)
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|/")
_LINKING = {("a", "href"): False, ("blockquote", "cite"): False, ("q", "cite"): False}
_LOADING = {
    (tag, name)
    for tag in ("img", "source", "audio", "video", "track")
    for name in ("src", "poster", "srcset")
}
ID_PREFIX = "user-content-"

Rewrite = Callable[[str, bool], str]


def clean(html: str, rewrite: Rewrite | None = None) -> str:
    """The harmless part of `html`. `rewrite(url, is_image)` is asked about each relative address."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "class":
            return " ".join(word for word in value.split() if _OUR_CLASSES.fullmatch(word)) or None
        if name in ("id", "name"):
            return ID_PREFIX + value.removeprefix(ID_PREFIX)
        if name == "srcset":
            return _srcset(value, rewrite)
        if (tag, name) in _LOADING:
            return _rewritten(value, True, rewrite)
        if (tag, name) in _LINKING:
            return _rewritten(value, False, rewrite)
        return value

    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        set_tag_attribute_values=_FORCED,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener",
    )


def _rewritten(url: str, is_image: bool, rewrite: Rewrite | None) -> str:
    url = url.strip()
    if url.startswith("#"):
        return "#" + ID_PREFIX + url[1:].removeprefix(ID_PREFIX) if len(url) > 1 else url
    if rewrite is None or not url or _ABSOLUTE.match(url):
        return url
    return rewrite(url, is_image)


def _srcset(value: str, rewrite: Rewrite | None) -> str | None:
    """Rewrite each candidate; a list with anything but http addresses is dropped."""
    candidates = []
    for candidate in value.split(","):
        url, _, size = candidate.strip().partition(" ")
        url = _rewritten(url, True, rewrite)
        if not url.startswith(("https://", "http://", "/")):
            return None
        candidates.append(f"{url} {size}".strip())
    return ", ".join(candidates)
