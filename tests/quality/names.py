"""Names: spans and kinds against those marked by hand in `names.txt`, by each model here that finds general names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openhearth import pipeline
from openhearth.cli.starter.recipes import choose_recipes
from tests.quality.figures import Figure, f1

MODELS = ("en_core_web_sm",)
AIM = 0.8
# What models call the three kinds that everybody means; what they find beyond these does not count.
KINDS = {
    "PERSON": "PER", "PER": "PER", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "ORG": "ORG",
}  # fmt: skip
_MARKED = re.compile(r"\[(PER|LOC|ORG) ([^\]]+)\]")
_THE = re.compile(r"the ", re.IGNORECASE)
Span = tuple[int, int, str]


def read_sentences() -> Iterator[tuple[str, list[Span]]]:
    """Each sentence as it is written, and its names."""
    for line in Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        text, end, spans = "", 0, []
        for match in _MARKED.finditer(line):
            text += line[end : match.start()]
            spans.append((len(text), len(text) + len(match[2]), match[1]))
            text, end = text + match[2], match.end()
        yield text + line[end:], spans


def judge() -> Iterator[Figure]:
    sentences = list(read_sentences())
    for name in MODELS:
        (recipe,) = choose_recipes([name])
        find = pipeline("ner", model=recipe.repo_id, aggregation_strategy="simple")
        found = [spans_of(find(text), text) for text, _ in sentences]
        wanted = [spans for _, spans in sentences]
        yield Figure(name=f"names, {name}: F1 of spans", value=_f1(found, wanted), rows=len(wanted), aim=AIM)


def spans_of(answer: Sequence[dict[str, Any]], text: str) -> list[Span]:
    """Of what a model marked, the kinds that are judged, without a leading "the"."""
    spans = []
    for row in answer:
        kind = KINDS.get(row["entity_group"])
        the = _THE.match(text, row["start"])
        if kind is not None:
            spans.append((the.end() if the else row["start"], row["end"], kind))
    return spans


def _f1(found: list[list[Span]], wanted: list[list[Span]]) -> float:
    shared = sum(len(set(a) & set(b)) for a, b in zip(found, wanted, strict=True))
    return f1(shared, sum(map(len, found)), sum(map(len, wanted)))
