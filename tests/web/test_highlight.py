"""Source text as lines of HTML."""

import pytest

from openhearth.web import highlight_lines
from openhearth.web.highlight import HIGHLIGHT_MAX_CHARS

TEXT = '\n\ndef f() -> str:\n    """One\n    two."""\n    return "<b>"\n\n'


@pytest.mark.parametrize("name", ["a.py", "a.json", "Dockerfile", "a.unknown", "no-ending", ""])
def test_there_is_one_piece_for_each_line(name: str) -> None:
    assert len(highlight_lines(TEXT, name)) == len(TEXT.removesuffix("\n").split("\n"))


def test_each_line_stands_alone_and_is_escaped() -> None:
    lines = highlight_lines(TEXT, "a.py")

    assert all(line.count("<span") == line.count("</span>") for line in lines)
    assert not any("<b>" in line for line in lines)


def test_line_ends_of_any_kind_make_one_line_each() -> None:
    assert highlight_lines("a\r\nb\rc\n", "a.txt") == ["a", "b", "c"]
    assert highlight_lines("", "a.py") == [""]


def test_a_huge_text_stays_plain() -> None:
    lines = highlight_lines("x = 1\n" * (HIGHLIGHT_MAX_CHARS // 6 + 1), "a.py")

    assert lines[0] == "x = 1"
