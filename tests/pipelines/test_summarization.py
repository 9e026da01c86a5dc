"""Long texts are worked whole, and a summary states nothing that its text does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.central_sentences import read_sentences
from openhearth.pipelines.faithfulness import tidied, unsupported_facts
from openhearth.pipelines.splitting import split
from openhearth.pipelines.summary_pieces import even_pieces, summarise_pieces
from tests.pipelines import tiny_models

SOURCE = "Henry Winstanley lit the first lighthouse in 1698. The tower by James Douglass is 49 metres high."
PARTS = "\n\n".join(
    f"The {metal} works of Harrow were opened in {1850 + number} by Thomas Harker. They made {metal} for bridges and ships. "
    f"In the year after, {100 + number} people worked there, and the owner built a school for their children."
    for number, metal in enumerate(
        ["iron", "steel", "copper", "zinc", "tin", "lead", "silver", "nickel"] * 12
    )
)


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


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Here is a summary:\nWinstanley lit it in 1698.", "Winstanley lit it in 1698."),
        ("Here is what the text says: Winstanley lit it.", "Here is what the text says: Winstanley lit it."),
        ("It is high. James Watt built it. It was lit in 1698.", "It is high. It was lit in 1698."),
        ("The tower was lit first. The tower was lit first. It is high.", "The tower was lit first. It is high."),
        ("Winstanley lit a tower in 1698. The tower by", "Winstanley lit a tower in 1698."),
        ("The tower by James", "The tower by James"),
        ("James Watt lit it in 1699.", ""),
    ],
)  # fmt: skip
def test_what_small_models_add_is_left_out(said: str, kept: str) -> None:
    assert tidied(said, SOURCE).text == kept


def test_without_repair_what_is_invented_stays_and_what_is_said_twice_goes() -> None:
    made = tidied("James Watt built it. James Watt built it.", SOURCE, repair=False)
    assert made.text == "James Watt built it." and not made.unsupported


def says_more(given: list[str]) -> Callable[[list[str], bool], list[str]]:
    """What a small model may do: summaries that are longer than their texts."""

    def say(texts: list[str], is_merge: bool) -> list[str]:
        given.extend(texts)
        return [text + " And Nowhere Town says 1234." for text in texts]

    return say


def words(text: str) -> int:
    return len(text.split())


def test_nothing_is_dropped_from_the_middle_and_every_step_fits() -> None:
    marks = [f"mark{number}" for number in range(40)]
    text = "\n\n".join(f"{mark} " + "word " * 30 for mark in marks)
    given: list[str] = []
    pieces = split(text, 100, words)
    made = summarise_pieces(pieces, says_more(given), 100, words)
    assert given[: len(pieces)] == pieces
    assert all(words(each) <= 100 for each in given)
    last = given[-1]
    thirds = [any(f"{mark} " in last for mark in marks[at : at + 14]) for at in (0, 14, 28)]
    assert all(thirds), "the last summary speaks of the beginning, the middle and the end"
    assert made.startswith(last)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It cost $77.5 million in Nov. 1988. The U.S. paid.", ["It cost $77.5 million in Nov. 1988.", "The U.S. paid."]),
        ("She said “Go.” Then she went.", ["She said “Go.”", "Then she went."]),
        ("これは文です。次の文。", ["これは文です。", "次の文。"]),
        ("Opening hours\n\nWe open at six.\n- Bread is sold first.", ["Opening hours", "We open at six.", "Bread is sold first."]),
        (
            "A line that an editor has wrapped before its end\ngoes on in the next one.",
            ["A line that an editor has wrapped before its end goes on in the next one."],
        ),
    ],
)  # fmt: skip
def test_sentences_are_read_whole(text: str, said: list[str]) -> None:
    assert [sentence.text for sentence in read_sentences(text)] == said


def test_pieces_are_of_about_one_size() -> None:
    text = "\n\n".join("word " * 30 for _ in range(35))
    sizes = [words(piece) for piece in even_pieces(text, 500, words)]
    assert sum(sizes) == 1050 and max(sizes) <= 500 and min(sizes) > 250


def test_many_conversations_are_answered_in_batches_as_one_by_one(tmp_path: Path) -> None:
    worker = pipeline(
        "summarization",
        tiny_models.make_llama(tmp_path, max_position_embeddings=4096),
        device="cpu",
        dtype="float32",
    ).worker
    asked = [[{"role": "user", "content": PARTS[: 40 + 37 * number]}] for number in range(7)]
    together = worker.worker.say_all(asked, max_new_tokens=12)
    assert [said.text for said in together] == [
        worker.worker.say(turns, max_new_tokens=12) for turns in asked
    ]
    assert len({said.text for said in together}) > 1


def test_of_a_long_text_sentences_from_every_part_are_read_and_it_is_said(tmp_path: Path) -> None:
    shorten = pipeline(
        "summarization", tiny_models.make_llama(tmp_path, max_position_embeddings=4096), device="cpu"
    )
    (row,) = shorten(PARTS, max_length=8)
    assert row["summary_text"].strip()
    (note,) = [note for note in shorten.notes if "nearest to its meaning" in note.message]
    assert "words" in note.message and "read_all=True" in str(note.remedy)
    shown = shorten.worker.last.answer.turns[-1]["content"]
    named = [
        f"year after, {100 + number} people" in shown or f"in {1850 + number} by" in shown
        for number in range(96)
    ]
    assert all(any(named[at : at + 24]) for at in range(0, 96, 24)), "every quarter is spoken of"
    (whole,) = shorten(PARTS, max_length=8, read_all=True)
    assert whole["summary_text"].strip()


def test_the_text_s_own_sentences_are_in_its_order_from_every_part_and_need_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path / "starter"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    shorten = pipeline("summarization", model="extractive")
    (row,) = shorten(PARTS, sentences=6)
    said = row["summary_text"]
    places = [PARTS.find(sentence.strip() + ".") for sentence in said.rstrip(".").split(". ")]
    assert len(places) == 6 and -1 not in places and places == sorted(places)
    assert places[0] < len(PARTS) / 3 and places[-1] > 2 * len(PARTS) / 3
    assert len(shorten(PARTS, max_length=40)[0]["summary_text"]) < len(said)
    assert len(shorten(PARTS, min_length=400)[0]["summary_text"]) > len(said)
    assert shorten([SOURCE, PARTS], sentences=2)[0]["summary_text"] == SOURCE


def test_what_is_misspelled_is_named_and_what_only_writers_are_told_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path / "starter"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    shorten = pipeline("summarization")
    assert shorten(SOURCE, num_beams=4, truncation=True)[0]["summary_text"] == SOURCE
    with pytest.raises(Invalid, match="max_lenght"):
        shorten(SOURCE, max_lenght=20)
    with pytest.raises(Invalid, match="sentences"):
        shorten(SOURCE, sentences=0)
