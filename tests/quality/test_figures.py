"""The figures are counted right, and what they are counted on is what it says it is."""

from __future__ import annotations

import pytest

from openhearth.cli.starter.recipes.review_sentences import is_test
from tests.quality.answers import read_questions
from tests.quality.feelings import read_held_out
from tests.quality.figures import Figure, is_exact, overlap, word_errors
from tests.quality.names import read_sentences, spans_of
from tests.quality.translations import LANGUAGES, chrf
from tests.quality.translations import read_sentences as read_translations


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("the cat sat", "the cat sat", 0),
        ("the cat sat", "a cat sat", 1),
        ("the cat sat", "the cat sat down", 1),
        ("the cat sat", "cat", 2),
        ("", "one two", 2),
    ],
)
def test_wrong_words_are_counted_as_levenshtein_does(said: str, heard: str, errors: int) -> None:
    assert word_errors(said.split(), heard.split()) == errors


def test_answers_are_compared_by_their_words() -> None:
    assert is_exact("The White Rabbit.", ["rabbit", "the white rabbit"])
    assert not is_exact("", ["rabbit"])
    assert is_exact("", [])
    assert overlap("a white rabbit", ["white rabbit"]) == pytest.approx(0.8)
    assert (overlap("rabbit", []), overlap("", [])) == (0.0, 1.0)


def test_an_aim_is_missed_from_the_right_side() -> None:
    assert Figure(name="accuracy", value=0.9, rows=10, aim=0.89).is_reached
    assert not Figure(name="errors", value=0.06, rows=10, aim=0.05, is_error=True).is_reached
    assert "MISSED" in str(Figure(name="accuracy", value=0.8, rows=10, aim=0.89))


def test_questions_can_be_answered_from_their_passage_or_not_at_all() -> None:
    unseen, tuned = list(read_questions("unseen")), list(read_questions("tuned"))
    assert len(unseen) >= 60
    assert len({each.context for each in unseen}) >= 12
    assert sum(not each.answers for each in unseen) >= 15
    assert not {each.context for each in unseen} & {each.context for each in tuned}
    for each in [*unseen, *tuned]:
        assert all(answer in each.context for answer in each.answers)


def test_names_are_marked_where_they_stand() -> None:
    sentences = list(read_sentences())
    assert len(sentences) >= 40
    text, spans = sentences[0]
    assert [(text[a:b], kind) for a, b, kind in spans][:2] == [
        ("Barack Obama", "PER"),
        ("Angela Merkel", "PER"),
    ]
    assert not any("[" in text or "]" in text for text, _ in sentences)
    marked = [
        {"entity_group": "ORG", "start": 0, "end": 9},
        {"entity_group": "DATE", "start": 10, "end": 15},
    ]
    assert spans_of(marked, "The Times today") == [(4, 9, "ORG")]


@pytest.mark.run
def test_held_out_reviews_are_clear_and_held_out() -> None:
    sentences, words = read_held_out()
    assert all(is_test(each) and abs(each.score) >= 0.5 for each in sentences)
    assert {each.source for each in sentences} == {"movie", "amazon", "tweets"}
    assert words["good"] > 1 and words["awful"] < -1


def test_translations_are_compared_as_sacrebleu_does() -> None:
    made = ["The boys play in the park with his dog.", "You want coffee or tea?"]
    wanted = ["The children are playing in the park with their dog.", "Do you want coffee or tea?"]
    assert chrf(made, wanted) == pytest.approx(0.56621058900, abs=1e-9)  # sacrebleu 2.6, corpus_chrf
    assert chrf(wanted, wanted) == pytest.approx(1.0)
    assert chrf(["xyz"], ["abc"]) == 0.0
    assert len(read_translations()) >= 40
    assert all(set(said) == set(LANGUAGES) and all(said.values()) for said in read_translations())
