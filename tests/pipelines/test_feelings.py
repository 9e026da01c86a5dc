"""`pipeline("sentiment-analysis")(reviews)` on the starter set. The whole figure is printed by `make bench-quality`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openhearth.cli.starter.install import default_cache, prepare
from openhearth.cli.starter.recipes import choose_recipes
from openhearth.pipelines import pipeline
from openhearth.pipelines.pipe import Pipe
from tests.pipelines.test_explain import printed_by_twin
from tests.quality.feelings import read_held_out

pytestmark = [pytest.mark.run, pytest.mark.timeout(600)]
GOOD = (
    "I absolutely loved the food and the staff were lovely.",
    "Not bad at all, I was pleasantly surprised.",
    "Best headphones I have ever owned.",
    "The ending is wonderful, I will watch it again.",
    "Works exactly as described and arrived a day early.",
    "A warm, funny and clever film.",
    "My kids ask for this book every night.",
    "Highly recommended, great value for the money.",
    "The rooms were spotless and the view was breathtaking.",
    "She gives the performance of her life.",
)
BAD = (
    "The movie was a complete waste of time.",
    "The battery died after two days and support never answered.",
    "Cold food, rude waiters, never again.",
    "It broke the first time I used it.",
    "Boring from beginning to end.",
    "The plot makes no sense and the acting is terrible.",
    "I want my money back.",
    "The screen flickers and the sound is awful.",
    "A dull, lifeless sequel that nobody needed.",
    "Dirty sheets, and the air conditioning did not work.",
)


@pytest.fixture(scope="module")
def loaded() -> Pipe:
    prepare(choose_recipes(["MiniLM-sentiment"])[0], default_cache())
    return pipeline("sentiment-analysis", threads=1)


@pytest.fixture
def judge(loaded: Pipe, own_data: None) -> Iterator[Pipe]:
    yield loaded


def test_the_default_is_the_classifier_of_the_starter_set(judge: Pipe) -> None:
    assert judge.choice.model.name == "starter/MiniLM-sentiment"
    assert pipeline("are these reviews positive or negative?").choice.model.name == "starter/MiniLM-sentiment"


def test_twenty_plain_reviews_are_judged_right(judge: Pipe) -> None:
    assert [
        text for text, said in zip(GOOD, judge(list(GOOD)), strict=True) if said["label"] != "POSITIVE"
    ] == []
    assert [
        text for text, said in zip(BAD, judge(list(BAD)), strict=True) if said["label"] != "NEGATIVE"
    ] == []


def test_held_out_reviews_that_people_felt_strongly_about_are_judged_right(judge: Pipe) -> None:
    reviews = [each for each in read_held_out()[0] if each.source != "tweets"]
    strongest = sorted(reviews, key=lambda each: -abs(each.score))[:40]
    said = judge([each.text for each in strongest])
    right = sum(a["label"].lower() == each.label for a, each in zip(said, strongest, strict=True))
    assert right >= 38


def test_both_labels_are_given_when_asked_for(judge: Pipe) -> None:
    rows = judge("Best headphones I have ever owned.", top_k=None)
    assert [row["label"] for row in rows] == ["POSITIVE", "NEGATIVE"]
    assert sum(row["score"] for row in rows) == pytest.approx(1)


def test_the_twin_prints_the_same_judgement(judge: Pipe) -> None:
    (row,) = judge(BAD[0])
    label, score = printed_by_twin(judge).split()
    assert label == row["label"]
    assert float(score) == pytest.approx(row["score"], abs=2e-3)
