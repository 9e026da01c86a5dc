"""Summaries: how many of the facts marked in a text are kept, and what is stated that the text does not say, by each way.

The settings of `pipelines/central_sentences.py` were chosen on the texts that are not called unseen; those were marked afterwards.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import metadata
from importlib.resources import files
from pathlib import Path

from openhearth.cli.starter.adapters.train_sentiment import opened_archive
from openhearth.cli.starter.install import default_cache
from openhearth.cli.starter.recipes.review_sentences import read_sentences
from openhearth.pipelines import pipeline
from openhearth.pipelines.extractive_summary import ExtractiveSummary
from openhearth.pipelines.faithfulness import unsupported_facts
from openhearth.pipelines.splitting import sentences
from tests.quality.figures import Figure

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Marked:
    """`facts`: what must stand together in one sentence for each fact to be kept, as patterns."""

    name: str
    text: str
    facts: tuple[tuple[str, ...], ...]
    is_unseen: bool


# What a share of facts is aimed at, of those that a reader would miss most, in three sentences.
AIM = 0.4
_CHAT = "starter/SmolLM2-135M-Instruct"
Way = Callable[[str], str]


def judge() -> Iterator[Figure]:
    marked = read_marked()
    for name, way in ways().items():
        began = time.perf_counter()
        said = [way(each.text) for each in marked]
        seconds = time.perf_counter() - began
        for what, chosen in (("unseen", True), ("tuned", False)):
            rows = [(e, s) for e, s in zip(marked, said, strict=True) if e.is_unseen == chosen]
            kept, facts = sum(facts_kept(s, e.facts) for e, s in rows), sum(len(e.facts) for e, _ in rows)
            yield Figure(
                name=f"summaries, {what}, {name}: facts kept", value=kept / facts, rows=facts,
                aim=AIM if name == "unasked" else None,
            )  # fmt: skip
        invented = [len(unsupported_facts(s, e.text)) for e, s in zip(marked, said, strict=True)]
        yield Figure(
            name=f"summaries, {name}: name or number made up", value=sum(map(bool, invented)) / len(marked),
            rows=len(marked), aim=0.0 if name == "unasked" else None, is_error=True,
        )  # fmt: skip
        words = sum(len(s.split()) for s in said) // len(said)
        print(f"  {name}: {seconds / len(marked):.1f} s and {words} words a summary")


def ways() -> Mapping[str, Way]:
    """What is chosen unasked, the same at greater length and without a model, and a small chat model."""
    own, asked, by_words = (
        pipeline("summarization"),
        pipeline("summarization", model=_CHAT),
        ExtractiveSummary(None),
    )
    return {
        "unasked": lambda text: str(own(text)[0]["summary_text"]),
        "five sentences": lambda text: str(own(text, sentences=5)[0]["summary_text"]),
        "by words alone": lambda text: by_words(text)[0]["summary_text"],
        "small chat model": lambda text: str(asked(text)[0]["summary_text"]),
    }


def read_marked() -> list[Marked]:
    told = tomllib.loads((HERE / "summaries.toml").read_text(encoding="utf-8"))["texts"]
    editorials = _read_editorials()
    return [
        Marked(
            each["name"],
            _text_of(each, editorials).strip(),
            tuple(map(tuple, each["facts"])),
            "unseen" in each,
        )
        for each in told
    ]


def facts_kept(summary: str, facts: Sequence[Sequence[str]]) -> int:
    said = [summary[start:end] for start, end in sentences(summary)]
    return sum(
        any(all(re.search(pattern, each, re.IGNORECASE) for pattern in fact) for each in said)
        for fact in facts
    )


def _text_of(each: dict[str, str], editorials: dict[str, str]) -> str:
    if "text" in each:
        return each["text"]
    kind, _, name = each["from"].partition(" ")
    if kind == "editorial":
        return editorials[name]
    if kind == "package":
        return str(metadata(name).json["description"])
    return (files("sklearn") / "datasets" / "descr" / name).read_text(encoding="utf-8")


def _read_editorials() -> dict[str, str]:
    """The editorials, put together again from their sentences."""
    whole: dict[str, list[tuple[int, str]]] = {}
    with opened_archive(default_cache()) as bundle:
        for each in read_sentences(bundle, "newspaper"):
            number = int(each.sentence_id.rpartition("_")[2])
            whole.setdefault(each.review_id, []).append((number, each.text))
    return {name: " ".join(text for _, text in sorted(said)) for name, said in whole.items()}
