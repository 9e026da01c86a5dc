"""Long texts are worked whole, and what a summary adds to its text is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from openhearth.pipelines.faithfulness import unsupported_facts
from openhearth.pipelines.notes.known import find_meaning
from openhearth.pipelines.splitting import split
from openhearth.pipelines.summarization import summarise_pieces

SOURCE = "Henry Winstanley lit the first lighthouse in 1698. The tower by James Douglass is 49 metres high."


@pytest.mark.parametrize(
    ("summary", "missing"),
    [
        ("In 1698 Winstanley lit a lighthouse 49 metres high.", []),
        ("In 1699 Winstanley lit it.", ["1699"]),
        ("James Watt built it, and it is 50 metres high.", ["50 metres", "James Watt"]),
        ("Two towers of Henry Winstanley stood.", []),
    ],
)
def test_names_numbers_and_dates_of_a_summary_are_looked_for_in_the_text(
    summary: str, missing: list[str]
) -> None:
    assert sorted(unsupported_facts(summary, SOURCE)) == missing


def says_more(given: list[str]) -> Callable[[str, bool], str]:
    """What a small model may do: a summary that is longer than its text, with a town that is not in it."""

    def one(text: str, is_merge: bool) -> str:
        given.append(text)
        return text + " And Nowhere Town says 1234."

    return one


def words(text: str) -> int:
    return len(text.split())


def test_nothing_is_dropped_from_the_middle_and_every_step_fits(caplog: pytest.LogCaptureFixture) -> None:
    marks = [f"mark{number}" for number in range(40)]
    text = "\n\n".join(f"{mark} " + "word " * 30 for mark in marks)
    given: list[str] = []
    pieces = split(text, 100, words)
    made = summarise_pieces(text, pieces, says_more(given), 100, words)
    assert given[: len(pieces)] == pieces
    assert all(words(each) <= 100 for each in given)
    last = given[-1]
    thirds = [any(f"{mark} " in last for mark in marks[at : at + 14]) for at in (0, 14, 28)]
    assert all(thirds), "the last summary speaks of the beginning, the middle and the end"
    assert made.startswith(last)
    meaning = find_meaning(caplog.messages[-1])
    assert "Nowhere Town" in caplog.messages[-1] and "1234" in caplog.messages[-1]
    assert meaning is not None and "larger model" in str(meaning.remedy)
