"""The names, numbers and dates that a text states, found by how they are written. No model; no language but its months.

A word counts as a name if it is written large inside a sentence, or begins one and is written so elsewhere too.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from openhearth.pipelines.splitting import sentences

FactKind = Literal["date", "number", "name"]

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_YEAR = r"(?:1[0-9]\d{2}|20\d{2})"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?{_MONTH}(?:,?\s+(?:de\s+)?{_YEAR})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,\s*{_YEAR})?|{_MONTH}\s+(?:of\s+)?{_YEAR}|{_YEAR}|{_WEEKDAY})\b(?![\d.,]*\d)"
)
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)"
_SPELLED = (
    rf"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-{_ONES})?|{_ONES})"
    r"(?:\s+(?:hundred|thousand|million|billion))*"
)
_UNIT = (
    r"(?:per cent|percent|%|(?:kilo|centi|milli)?met(?:re|er)s?|km|cm|mm|kg|g|feet|foot|inches|miles?|tonnes?|tons?|pounds?|grams?"
    r"|lit(?:re|er)s?|ml|degrees|years?|months?|weeks?|days?|hours?|minutes?|seconds?|euros?|dollars?|shillings?|people|men"
    r"|women|children|workers|employees|times|o['’]clock|pm|am|million|billion|thousand)"
)
_FIGURE = r"(?:[$€£]\s?)?\d+(?:[.,]\d+)*"
_NUMBER = re.compile(rf"(?<![\w.,-])(?:{_FIGURE}|{_SPELLED})(?:\s+{_UNIT})*(?![\w-])", re.IGNORECASE)
_TITLE = r"(?:Mr|Mrs|Ms|Dr|St|Sir|Lord|Lady|Captain|Professor|Father|King|Queen)\.?"
_LARGE = r"(?!I\b)[^\W\d_a-z][\w'’-]*"
_NAME = re.compile(
    rf"(?:{_TITLE}\s+)?(?:(?<=\w)|\b){_LARGE}(?:(?:\s+(?:(?:of|the|de|la|von|van|du|del|di)\s+){{0,2}}|-){_LARGE})*"
)
_NO_NAMES = frozenset(
    re.findall(
        r"\w+",
        "i a an the in on at it he she we they his her its my our your this that these those there here when where why who what "
        "how but and or if so as for from to of by with not no yes one mr mrs dr sir then now after before while although because",
    )
)
# What may begin a sentence before a name.
_OPENING = re.compile(
    r"(?:The|A|An|In|On|At|By|From|To|For|With|Of|As|But|And|When|Whenever|While|If|Since|Because|After|Before|Until|Though|Its|His"
    r"|Her|Their|My|Our|Your|This|That|These|Those|Both|Even|Only|Perhaps|Then|There|Here|Now|Today|Yesterday|Tomorrow|Later|Once"
    r"|Soon|What|Which|Who|Where|How|Why|Not|No|So|Yet|Did|Does|Do|Is|Are|Was|Were|Has|Had|Have)\s+"
)


@dataclass(frozen=True)
class Fact:
    """`text` stands at `start` to `end`, in characters."""

    kind: FactKind
    text: str
    start: int
    end: int


def find_facts(text: str) -> list[Fact]:
    """The facts of `text` in order, none inside another: dates first, then numbers, then names."""
    taken: list[Fact] = []
    for fact in (*_of("date", _DATE, text), *_of("number", _NUMBER, text), *_names(text)):
        if all(fact.end <= other.start or fact.start >= other.end for other in taken):
            taken.append(fact)
    return sorted(taken, key=lambda fact: fact.start)


def _of(kind: FactKind, pattern: re.Pattern[str], text: str) -> Iterator[Fact]:
    for match in pattern.finditer(text):
        if kind != "number" or match.group().lower() != "one":
            yield Fact(kind, match.group(), *match.span())


def _names(text: str) -> Iterator[Fact]:
    begins = {_first_letter(text, *place) for place in sentences(text)}
    found = [_without_opening(match) for match in _NAME.finditer(text)]
    inside = Counter(word for start, name in found if start not in begins for word in name.split())
    for start, name in found:
        words = name.split()
        if not words or (len(words) == 1 and (name.lower() in _NO_NAMES or len(name) < 2)):
            continue
        if start in begins and not (len(words) > 1 or inside[words[0]]):
            continue
        yield Fact("name", name, start, start + len(name))


def _first_letter(text: str, start: int, end: int) -> int:
    return next((at for at in range(start, end) if text[at].isalnum()), start)


def _without_opening(match: re.Match[str]) -> tuple[int, str]:
    """A name without the words that begin its sentence, and without an 's at its end."""
    name, start = match.group(), match.start()
    while (little := _OPENING.match(name)) is not None:
        name, start = name[little.end() :], start + little.end()
    return start, re.sub(r"['’]s?$", "", name)
