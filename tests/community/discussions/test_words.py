"""Comments as HTML: safe, with mentions of people and of other discussions."""

import pytest

from openhearth.community.discussions import find_mentions
from openhearth.community.discussions.words import render_comment
from openhearth.kit.names import RepoRef
from openhearth.urls import Urls

REPO = RepoRef("dataset", "ada", "ore")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ada and @ben-1, not @ada again", ["ada", "ben-1"]),
        ("mail me at eve@example.org", []),
        ("`@ada` and\n```\n@ben\n```\n@eve", ["eve"]),
        ("    @ada in code", []),
        ("(@ada) **@ben** @eve.", ["ada", "ben", "eve"]),
        ("https://hub.test/@ada", []),
        ("@" + "x" * 200, []),
        ("", []),
    ],
)
def test_mentions(text: str, names: list[str]) -> None:
    assert find_mentions(text) == names


def test_mentions_are_capped() -> None:
    assert len(find_mentions(" ".join(f"@user{n}" for n in range(1000)))) == 50


def test_names_and_numbers_become_links_outside_code() -> None:
    html = render_comment("@ada see #3, not `#4` or &#35;", Urls("http://hub.test"), REPO)
    assert 'href="/ada"' in html
    assert 'href="/datasets/ada/ore/discussions/3"' in html
    assert "discussions/4" not in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        '@ada"><svg onload=alert(1)>',
    ],
)
def test_nothing_harmful_remains(text: str) -> None:
    html = str(render_comment(text, Urls("http://hub.test"), REPO))
    assert "<script" not in html
    assert "onerror=" not in html.replace("&quot;", "")
    assert 'href="javascript' not in html
    assert "<svg" not in html
