"""Text made to take long: it is shown plain instead, and no page waits for it."""

import time

import pytest

from openhearth.web import highlight_lines, render_markdown


@pytest.mark.parametrize("mark", ["[", "![", "<div>", "&", "|a", "<"])
def test_markdown_full_of_marks_is_shown_as_it_was_written(mark: str) -> None:
    began = time.monotonic()
    html = render_markdown(mark * 60_000)
    assert html.startswith('<pre class="prose__plain">')
    assert time.monotonic() - began < 1


def test_an_ordinary_long_card_is_drawn() -> None:
    assert "<table " in render_markdown("| a | b |\n|---|---|\n" + "| 1 | [x](y) |\n" * 500)


@pytest.mark.parametrize(
    ("name", "text"), [("a.cpp", "\n"), ("A.java", "\n"), ("a.ezt", "\t"), ("a.ini", "="), ("a.m", "\n")]
)
def test_source_that_stalls_a_lexer_is_painted_in_part_or_not_at_all(name: str, text: str) -> None:
    began = time.monotonic()
    lines = highlight_lines(text * 20_000 + "end", name)
    assert time.monotonic() - began < 5
    assert str(lines[-1]).endswith("end")


def test_no_line_is_lost_or_doubled_where_painting_stops() -> None:
    text = "int a = 1;\n" + "\n" * 30_000 + "int z = 2;"
    lines = highlight_lines(text, "a.cpp")
    assert len(lines) == text.count("\n") + 1
    assert "int" in lines[0]
    assert "2" in lines[-1]
