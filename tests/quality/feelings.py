"""Sentiment: what is said of sentences that people rated and that were held out, beside what costs no model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openhearth import pipeline
from openhearth.cli.starter.adapters.train_sentiment import SOURCES, opened_archive
from openhearth.cli.starter.install import default_cache
from openhearth.cli.starter.recipes.review_sentences import (
    Sentence,
    is_test,
    read_sentences,
    read_words,
)
from tests.quality.figures import Figure, plain_words, share

REVIEWS = ("movie", "amazon")
AIM = 0.89


def read_held_out() -> tuple[list[Sentence], dict[str, float]]:
    """The clear sentences that nothing learned from, and VADER's list of words."""
    with opened_archive(default_cache()) as bundle:
        sentences = [each for source in SOURCES for each in read_sentences(bundle, source) if is_test(each)]
        return [each for each in sentences if each.label != "neutral"], dict(read_words(bundle))


def judge() -> Iterator[Figure]:
    sentences, words = read_held_out()
    said = pipeline("sentiment-analysis")([each.text for each in sentences], batch_size=16)
    right = [answer["label"].lower() == each.label for answer, each in zip(said, sentences, strict=True)]
    reviews = [each.source in REVIEWS for each in sentences]
    yield _figure("feelings, rated sentences", right, [True] * len(right), aim=AIM)
    yield _figure("feelings, reviews among them", right, reviews, aim=AIM)
    for source in SOURCES:
        yield _figure(f"feelings, {source}", right, [each.source == source for each in sentences])
    listed = [_by_words(each.text, words) == each.label for each in sentences]
    yield _figure("  for comparison, reviews: VADER's word list, summed", listed, reviews)
    for label in ("positive", "negative"):
        always = [each.label == label for each in sentences]
        yield _figure(f"  for comparison, reviews: always {label}", always, reviews)


def _figure(name: str, hits: Sequence[bool], counts: Sequence[bool], *, aim: float | None = None) -> Figure:
    counted = [hit for hit, counted in zip(hits, counts, strict=True) if counted]
    return Figure(name=name, value=share(counted), rows=len(counted), aim=aim)


def _by_words(text: str, words: dict[str, float]) -> str:
    return "positive" if sum(words.get(word, 0.0) for word in plain_words(text)) >= 0 else "negative"
