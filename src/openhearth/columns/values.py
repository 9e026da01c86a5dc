"""From a model's answer to what stands in a cell, and from the cells to a chart. Pure."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openhearth.columns.records import Bar, Cell, Chart

LABELS_MAX = 24
BINS = 10
_TEXTS = ("summary_text", "translation_text", "generated_text", "text", "answer", "token_str")


@dataclass(frozen=True)
class Value:
    """What stands in the new column; `score` is how sure the model was, where it says so."""

    value: str | float | None
    score: float | None = None

    @property
    def shown(self) -> str:
        return (
            "" if self.value is None else f"{self.value:.4g}" if isinstance(self.value, float) else self.value
        )


def value_of(answer: Any) -> Value:
    """What `answer` says in one cell: the likeliest label, the text, the number, else all of it as JSON."""
    match answer:
        case None:
            return Value(None)
        case []:  # nothing was found
            return Value("")
        case bool() | str():
            return Value(str(answer))
        case int() | float():
            return Value(float(answer))
        case {"labels": [str() as best, *_], "scores": [score, *_]}:
            return Value(best, float(score))
        case Mapping():
            return _of_mapping(answer)
        case [list() as inner] if inner and isinstance(inner[0], dict):
            return value_of(inner)
        case [int() | float() as only]:
            return Value(float(only))
        case [dict() as first, *_]:
            return _of_rows(first, answer)
    return Value(json.dumps(answer, ensure_ascii=False))


def _of_mapping(answer: Mapping[str, Any]) -> Value:
    text = next((answer[key] for key in _TEXTS if isinstance(answer.get(key), str)), None)
    score = answer.get("score")
    if text is None:
        return Value(json.dumps(answer, ensure_ascii=False))
    return Value(text.strip(), float(score) if isinstance(score, int | float) else None)


def _of_rows(first: Mapping[str, Any], rows: Sequence[Any]) -> Value:
    if "box" in first or "entity" in first or "entity_group" in first:
        return Value(", ".join(_named(row) for row in rows))
    if isinstance(first.get("label"), str):
        return Value(first["label"], float(first.get("score") or 0))
    return _of_mapping(first)


def _named(row: Mapping[str, Any]) -> str:
    kind = row.get("entity_group") or row.get("entity") or row.get("label") or "box"
    return f"{row['word']} ({kind})" if row.get("word") else str(kind)


def chart_of(cells: Sequence[Cell]) -> Chart | None:
    """Bars of labels, a histogram of numbers, or one of how long the texts are. None while nothing came."""
    answers = [cell.answer for cell in cells if cell.answer is not None]
    values = [value for answer in answers if (value := value_of(answer).value) is not None]
    if not values:
        return None
    numbers = [value for value in values if isinstance(value, float)]
    if len(numbers) == len(values):
        return Chart("Values", _bins(numbers), is_histogram=True)
    texts = [str(value) for value in values]
    counted = Counter(texts)
    if len(counted) <= max(2, min(LABELS_MAX, len(texts) // 2)) or all(map(_is_label, answers)):
        return Chart("Rows for each label", _bars(_most(counted)))
    parts = Counter(
        part.rpartition("(")[2].rstrip(")")
        for text in texts
        for part in text.split(", ")
        if part.endswith(")")
    )
    if parts and len(parts) <= LABELS_MAX:
        return Chart("What was marked", _bars(parts.most_common()))
    return Chart(
        "Words in each answer", _bins([float(len(text.split())) for text in texts]), is_histogram=True
    )


def _is_label(answer: Any) -> bool:
    """Whether a classifier gave it: a label, or several with the likeliest first."""
    first = answer[0] if isinstance(answer, list) and answer else answer
    if isinstance(first, list):
        return _is_label(first)
    if not isinstance(first, Mapping):
        return False
    return "labels" in first or ("box" not in first and isinstance(first.get("label"), str))


def _most(counted: Counter[str]) -> list[tuple[str, int]]:
    """The labels that most rows have, and how many rows have others."""
    shown = counted.most_common(LABELS_MAX)
    rest = counted.total() - sum(count for _, count in shown)
    return [*shown, ("others", rest)] if rest else shown


def _bars(counted: Sequence[tuple[str, int]]) -> list[Bar]:
    most = max(count for _, count in counted)
    return [Bar(label, count, count / most) for label, count in counted]


def _bins(numbers: Sequence[float]) -> list[Bar]:
    """At most ten bins of equal width, each labelled by where it begins; the last is closed. Few whole numbers have one each."""
    low, high = min(numbers), max(numbers)
    if low == high:
        return [Bar(f"{low:.4g}", len(numbers), 1.0)]
    few_whole = high - low < BINS and all(number.is_integer() for number in numbers)
    bins = int(high - low) + 1 if few_whole else BINS
    width = 1.0 if few_whole else (high - low) / BINS
    counts = [0] * bins
    for number in numbers:
        counts[min(bins - 1, int((number - low) / width))] += 1
    most = max(counts)
    return [Bar(f"{low + place * width:.3g}", count, count / most) for place, count in enumerate(counts)]
