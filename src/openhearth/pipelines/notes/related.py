"""Which earlier notes a failure reminds of, and why: by module, option, tensor, model, task and words they share. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from openhearth.pipelines.notes.records import Note, Related

LEAST_WEIGHT = 1.0
# `decoder.layers.0.fc1.weight`, `max_new_tokens`, `--dtype`: names that people do not use by accident.
_TENSOR = re.compile(r"\b[a-z_][a-z0-9_]*(?:(?:\.[a-z0-9_]+){2,}|\.(?:weight|bias))\b", re.IGNORECASE)
# Where files lie says nothing about what is wrong with them.
_PATH = re.compile(r"(?:/[\w.+-]+){2,}")
_OPTION = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
_WORD = re.compile(r"[a-z]{4,}", re.IGNORECASE)
_SHOWN = 3


def rank(failure: Note, earlier: Sequence[Note]) -> list[Related]:
    """Those of `earlier` that share something with `failure`, the most telling first."""
    rarity = _rarity(earlier)
    found = [related for note in earlier if (related := _compare(failure, note, rarity)) is not None]
    return sorted(found, key=lambda related: -related.weight)


def _compare(failure: Note, note: Note, rarity: Counter[str]) -> Related | None:
    weight, reasons = 0.0, []
    for what, pattern, worth in (("tensor", _TENSOR, 3.0), ("option", _OPTION, 2.0)):
        shared = _names(pattern, failure.message) & _names(pattern, note.message)
        if shared:
            weight += worth + 0.25 * (len(shared) - 1)
            reasons.append(f"the same {what} {_few(shared)}")
    # What this library raised says where it was told, and not where it went wrong.
    if failure.source and _package(failure.source) == _package(note.source) != "openhearth":
        same = failure.source == note.source
        weight += 1.5 if same else 0.5
        reasons.append(
            f"the same module {note.source}" if same else f"the same library {_package(note.source)}"
        )
    named = set(_words(f"{failure.task} {failure.model}"))  # these count for themselves, below
    words = (set(_words(failure.message)) & set(_words(note.message))) - named
    telling = sorted(words, key=lambda word: rarity[word])
    if telling:
        # A word that few notes hold says more than one that all of them do.
        weight += min(2.0, sum(0.6 / (1 + log(1 + rarity[word])) for word in telling))
        reasons.append(f"the same words {_few(telling[:_SHOWN])}")
    if not reasons:
        return None
    for name, here, there in (("model", failure.model, note.model), ("task", failure.task, note.task)):
        if here and here == there:
            weight += 0.5
            reasons.append(f"the same {name} {here}")
    return Related(note, round(weight, 3), reasons) if weight >= LEAST_WEIGHT else None


def _names(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match.lower() for match in pattern.findall(_PATH.sub(" ", text))}


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_PATH.sub(" ", text)) if word.lower() not in _COMMON]


def _rarity(notes: Iterable[Note]) -> Counter[str]:
    return Counter(word for note in notes for word in set(_words(note.message)))


def _package(source: str) -> str:
    return source.partition(".")[0]


def _few(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:_SHOWN]) + (" …" if len(listed) > _SHOWN else "")


_COMMON = frozenset(
    _WORD.findall(
        "this that with from have will been were when what which your they them then than into only also more most some "
        "such using used use should would could please model error warning instead value values because there here "
        "cannot loaded failed"
    )
)
