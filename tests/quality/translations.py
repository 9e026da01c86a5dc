"""Translations: chrF against sentences written by hand, Apertium beside the instruct model that is asked where nothing else is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from openhearth import pipeline
from openhearth.pipelines.apertium.pairs import machine_folder
from tests.quality.figures import Figure

LANGUAGES = ("en", "es", "fr", "pt")
# Direction → the chrF that Apertium should reach; the instruct model is a point of reference, on fewer sentences.
AIMS = {
    ("es", "pt"): 0.8, ("pt", "es"): 0.8, ("es", "fr"): 0.75, ("fr", "es"): 0.7, ("es", "en"): 0.7, ("en", "es"): 0.65,
    ("en", "fr"): 0.6,
}  # fmt: skip
ASKED = (("en", "es"), ("es", "en"), ("fr", "es"))
ASKED_SENTENCES = 15
_LONGEST_GRAM = 6
_BETA = 2


def read_sentences() -> list[dict[str, str]]:
    """Each meaning, by language."""
    lines = Path(__file__).with_name("translations.txt").read_text(encoding="utf-8").splitlines()
    said = [[part.strip() for part in line.split(" | ")] for line in lines if not line.startswith("#")]
    return [dict(zip(LANGUAGES, parts, strict=True)) for parts in said]


def judge() -> Iterator[Figure]:
    sentences = read_sentences()
    assert machine_folder() is not None, "sudo apt-get install apertium-eng-spa apertium-fr-es apertium-es-pt"
    rules = pipeline("translation", model="apertium")
    for (source, target), aim in AIMS.items():
        made = rules([said[source] for said in sentences], src_lang=source, tgt_lang=target)
        yield _figure("Apertium", source, target, [row["translation_text"] for row in made], sentences, aim)
    asked = pipeline("translation", model="starter/SmolLM2-135M-Instruct", threads=1)
    for source, target in ASKED:
        few = sentences[:ASKED_SENTENCES]
        made = asked([said[source] for said in few], src_lang=source, tgt_lang=target, max_new_tokens=48)
        yield _figure("SmolLM2", source, target, [row["translation_text"] for row in made], few, None)
        again = rules([said[source] for said in few], src_lang=source, tgt_lang=target)
        yield _figure("Apertium, the same", source, target, [r["translation_text"] for r in again], few, None)


def _figure(
    by: str, source: str, target: str, made: Sequence[str], said: Sequence[dict[str, str]], aim: float | None
) -> Figure:
    value = chrf(made, [row[target] for row in said])
    return Figure(
        name=f"translations, {by}: {source} to {target}, chrF", value=value, rows=len(made), aim=aim
    )


def chrf(made: Sequence[str], wanted: Sequence[str]) -> float:
    """chrF2 over a whole corpus, from 0 to 1: F of grams of one to six letters, spaces left out (Popović 2015)."""
    shares = []
    for length in range(1, _LONGEST_GRAM + 1):
        pairs = [(_grams(a, length), _grams(b, length)) for a, b in zip(made, wanted, strict=True)]
        shared = sum((a & b).total() for a, b in pairs)
        here, there = sum(a.total() for a, _ in pairs), sum(b.total() for _, b in pairs)
        shares.append((shared / max(here, 1), shared / max(there, 1)))
    precision, recall = (sum(part) / len(shares) for part in zip(*shares, strict=True))
    weight = _BETA**2
    return (1 + weight) * precision * recall / (weight * precision + recall) if precision + recall else 0.0


def _grams(text: str, length: int) -> Counter[str]:
    letters = "".join(text.split())
    return Counter(letters[at : at + length] for at in range(len(letters) - length + 1))
