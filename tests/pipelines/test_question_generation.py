"""A quiz is made of what a text states, and of nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.facts import find_facts
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.question_generation import GAP
from tests.pipelines import tiny_models

TEXT = (
    "The lighthouse on the Eddystone rocks was rebuilt several times. Henry Winstanley lit the first one in 1698. "
    "The third tower, finished by the engineer John Smeaton in 1759, was held together by blocks of granite. "
    "Its upper part was moved to Plymouth, where Mr. Hood looks after it. "
    "The present tower by James Douglass has stood 49 metres high since 1882."
)


@pytest.fixture(scope="module")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Pipe:
    """By a tiny embedder: which sentences it finds central is by chance, all else is not."""
    made = tiny_models.make_encoder(tmp_path_factory.mktemp("quiz") / "embedder")
    return pipeline("make a quiz from this text", model=made, threads=1)


def test_every_question_has_one_right_option_and_the_passage_that_it_came_from(quiz: Pipe) -> None:
    assert quiz.choice.task.name == "question-generation"
    rows = quiz(TEXT, questions=3)
    assert len(rows) == 3
    for row in rows:
        assert TEXT[row["start"] : row["end"]] == row["answer"] == row["options"][row["correct"]]
        assert row["passage"] in TEXT and row["answer"] in row["passage"]
        assert GAP in row["question"] and row["answer"] not in row["question"]
        wrong = [option for option in row["options"] if option != row["answer"]]
        assert wrong and len(set(row["options"])) == len(row["options"]) <= 4
        assert not any(option in row["passage"] for option in wrong)
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)


def test_wrong_options_are_of_the_same_kind(quiz: Pipe) -> None:
    years = [row for row in quiz(TEXT, questions=20) if re.fullmatch(r"\d{4}", row["answer"])]
    for row in years:
        assert set(row["options"]) <= {"1698", "1759", "1882"}
    (metres,) = quiz("The tower is 49 metres high and was built of granite and wood.")
    assert all(option.endswith(" metres") for option in metres["options"])


def test_the_same_seed_gives_the_same_quiz_and_texts_give_a_quiz_each(quiz: Pipe) -> None:
    assert quiz(TEXT, seed=7) == quiz(TEXT, seed=7)
    assert [len(rows) for rows in quiz([TEXT, TEXT], questions=2)] == [2, 2]


def test_a_text_that_states_nothing_and_a_quiz_of_nothing_are_refused(quiz: Pipe) -> None:
    with pytest.raises(Invalid, match="too few names, numbers or dates"):
        quiz("It rained and then it stopped, and everybody was glad of it.")
    with pytest.raises(Invalid, match="at least one question"):
        quiz(TEXT, questions=0)
    with pytest.raises(Invalid, match="empty"):
        quiz("  ")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("On 27 August 1883 Krakatoa blew up.", {"date": ["27 August 1883"], "name": ["Krakatoa"]}),
        ("She paid $12,000 for twenty-six years.", {"number": ["$12,000", "twenty-six years"]}),
        ("Mr. Bennet met the Queen of Denmark at St. Mary's on Monday.", {"date": ["Monday"]}),
        ("Whenever Anna came, Brazil won.", {"name": ["Anna", "Brazil"]}),
        ("Nothing here. Neither is there.", {}),
    ],
)
def test_facts_are_found_by_how_they_are_written(text: str, facts: dict[str, list[str]]) -> None:
    found = find_facts(text)
    for kind, texts in facts.items():
        assert [fact.text for fact in found if fact.kind == kind] == texts
    assert facts or not found
    assert all(text[fact.start : fact.end] == fact.text for fact in found)


def test_the_task_is_brought_by_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from openhearth.errors import NotFound

    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(NotFound, match="openhearth starter all-MiniLM-L6-v2"):
        pipeline("quiz")
