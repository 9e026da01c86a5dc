"""What speaks for a passage as the answer to a question, in numbers: of the model, of the passage, of its neighbours.

The weights of these numbers are in `question_weights.toml`; `tests/quality/fit_questions.py` learns them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from openhearth.pipelines.question_kind import LITTLE, WORD, Kind, kind_of, meant, stem, words_of
from openhearth.pipelines.question_likelihood import Passage


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FUNCTION = _set(
    "of and or is are was were be been being do does did has have had that which who whom whose when while although until as "
    "if but than then not no nor it he she they we i you this these those there here will would shall should can could may "
    "might must also only still just very the a an in on at for from by with into onto upon over after before during through "
    "between among against without under because to so its his her their our my"
)
_NUMBERS = _set(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen half third quarter "
    "twice once several first second"
)
_UNITS = _set(
    "year years month months week weeks day days hour hours minute minutes second seconds mile miles metre metres meter meters "
    "kilometre kilometres kilometer kilometers feet foot inch inches pound pounds dollar dollars euro euros tonne tonnes ton "
    "tons gram grams kilogram kilograms g kg ml litre litres degrees people percent per cent shillings pence times"
)
_TIMES = _set(
    "january february march april may june july august september october november december monday tuesday wednesday thursday "
    "friday saturday sunday morning evening night noon spring summer autumn winter today yesterday tomorrow o'clock pm am "
    "christmas easter"
)
_ARTICLES = _set("the a an")
_OWNERS = _set("the a an his her its their my our")
_NO_NAMES = _set("the a an in on at i")
_PREPOSITIONS = _set("in on at by to for from with of since after before into")
_PLACES = _set("in at on near to from of into")
_REASONS = _set("because to so for since as")
_MEANS = _set("by with through")
_YEAR = re.compile(r"1\d{3}|20\d\d")
_BREAK = re.compile(r"[,;:—”“]\s")
_FAR = 12


@dataclass(frozen=True)
class Asked:
    """A question, and how near each of the sentences that are looked at is to it."""

    kind: Kind
    meant: frozenset[str]
    nearness: tuple[float, ...]

    @classmethod
    def of(cls, question: str, nearness: Iterable[float]) -> "Asked":
        return cls(kind_of(question), meant(question), tuple(nearness))


@dataclass(frozen=True)
class _Look:
    """What a passage consists of, and what stands beside it."""

    words: list[str]
    low: list[str]
    before: str
    after: str
    begins_free: bool  # a sign or nothing stands before it
    ends_free: bool
    is_name: bool
    is_number: bool
    is_time: bool
    has_unit: bool


def features(context: str, asked: Asked, passage: Passage, sentence: tuple[int, int]) -> dict[str, float]:
    """Each near 0 to 1. `sentence` is where the sentence of `passage` begins and ends."""
    look = _look(context, passage, sentence)
    return {
        **_of_model(passage),
        **_of_words(context, passage, look),
        **_of_neighbours(look),
        **_of_question(context, asked, passage, sentence, look),
        **_of_kind(asked.kind, passage, look),
    }


def _look(context: str, passage: Passage, sentence: tuple[int, int]) -> _Look:
    words = words_of(context[passage.start : passage.end])
    low = [word.lower() for word in words]
    before, after = context[sentence[0] : passage.start].rstrip(), context[passage.end : sentence[1]].strip()
    capitals = sum(word[:1].isupper() and word.lower() not in _NO_NAMES for word in words)
    if not before.strip(" \"“”'‘") and len(words) == 1:
        capitals -= words[0][:1].isupper()  # every sentence begins so
    return _Look(
        words=words, low=low,
        before=(words_of(before) or [""])[-1], after=(words_of(after) or [""])[0],
        begins_free=not before or not before[-1].isalnum(), ends_free=not after or not after[0].isalnum(),
        is_name=capitals > 0, is_number=any(map(_is_number, words)),
        is_time=any(word in _TIMES or _YEAR.fullmatch(word) for word in low),
        has_unit=any(word in _UNITS for word in low),
    )  # fmt: skip


def _of_model(passage: Passage) -> dict[str, float]:
    likely = passage.said + passage.ended
    return {
        "likely": likely / 5,
        "likely_each": likely / (passage.tokens + 1),
        "ended": passage.ended,
    }


def _of_words(context: str, passage: Passage, look: _Look) -> dict[str, float]:
    inner = [word for word in look.low[1:-1] if word not in ("the", "a", "of", "an", "and")]
    return {
        "words": passage.words / 5,
        "words_squared": (passage.words / 5) ** 2,
        "one_word": float(passage.words == 1),
        "begins_with_article": float(look.low[0] in _ARTICLES),
        "begins_with_preposition": float(look.low[0] in _PREPOSITIONS),
        "ends_with_little": float(look.low[-1] in _FUNCTION),
        "breaks": float(_BREAK.search(context[passage.start : passage.end]) is not None),
        "and": float("and" in look.low),
        "little_inside": sum(word in _FUNCTION for word in inner) / 3,
        "happened": float(any(word.endswith("ed") for word in look.low)),
    }


def _of_neighbours(look: _Look) -> dict[str, float]:
    first, last = look.words[0], look.words[-1]
    cut_name = (look.before[:1].isupper() and not look.begins_free and first[:1].isupper()) or (
        look.after[:1].isupper() and not look.ends_free and last[:1].isupper()
    )
    cut_number = (_is_number(look.before) and _is_number(first) and not look.begins_free) or (
        _is_number(look.after) and _is_number(last) and not look.ends_free
    )
    return {
        "begins_free": float(look.begins_free),
        "begins_after_little": float(not look.begins_free and look.before.lower() in _FUNCTION),
        "begins_after_article": float(not look.begins_free and look.before.lower() in _OWNERS),
        "ends_free": float(look.ends_free),
        "ends_before_little": float(not look.ends_free and look.after.lower() in _FUNCTION),
        "cuts_name": float(cut_name),
        "cuts_number": float(cut_number),
        "cuts_unit": float(_is_number(last) and not look.ends_free and look.after.lower() in _UNITS),
    }


def _of_question(
    context: str, asked: Asked, passage: Passage, sentence: tuple[int, int], look: _Look
) -> dict[str, float]:
    own = {stem(word) for word in look.low if word not in LITTLE}
    rest = meant(context[slice(*sentence)]) - own
    apart = _words_apart(context, asked, passage, sentence)
    return {
        "near": asked.nearness[passage.sentence],
        "nearest": float(asked.nearness[passage.sentence] == max(asked.nearness)),
        "repeats": len(own & asked.meant) / (len(own) or 1),
        "only_repeats": float(bool(own) and own <= asked.meant),
        "says_nothing": float(not own and not look.is_number),
        "covered": len(rest & asked.meant) / (len(asked.meant) or 1),
        "apart": min(apart) / 6 if apart else 2.0,
        "apart_on_average": sum(apart) / len(apart) / 6 if apart else 2.0,
    }


def _words_apart(context: str, asked: Asked, passage: Passage, sentence: tuple[int, int]) -> list[int]:
    """How many words stand between the passage and each word of the question in its sentence."""
    found = [(match.start(), stem(match.group())) for match in WORD.finditer(context, *sentence)]
    places = [start for start, _ in found]
    begin = sum(start < passage.start for start in places)
    end = sum(start < passage.end for start in places)
    return [
        min(begin - 1 - index if index < begin else index - end, _FAR)
        for index, (_, word) in enumerate(found)
        if word in asked.meant and not begin <= index < end
    ]


def _of_kind(kind: Kind, passage: Passage, look: _Look) -> dict[str, float]:
    first, before = look.low[0], look.before.lower()
    name, number, time = float(look.is_name), float(look.is_number), float(look.is_time)
    length = passage.words / 5
    said: dict[Kind, dict[str, float]] = {
        "time": {"time": time, "number": number},
        "quantity": {"number": number, "unit": float(look.has_unit) * number, "time": time},
        "person": {"name": name, "number": number},
        "place": {
            "name": name,
            "number": number * (1 - name),
            "in": float(first in _PLACES or before in _PLACES),
        },
        "name": {"name": name, "number": number},
        "reason": {"because": float(first in _REASONS or before in _REASONS), "words": length},
        "manner": {"by": float(first in _MEANS or before in _MEANS), "words": length},
        "whether": {"words": length},
        "thing": {"name": name, "number": number, "time": time},
    }
    return {f"{kind}.{what}": value for what, value in said[kind].items()}


def _is_number(word: str) -> bool:
    return any(letter.isdigit() for letter in word) or any(
        part in _NUMBERS for part in word.lower().split("-")
    )
