"""What a made text states that its source does not: the names, numbers and dates in it are looked for there.

A cheap check: it finds what was invented or miscopied, not what was turned round. Words are compared without case.
"""

import re
from dataclasses import dataclass

from openhearth.pipelines.facts import Fact, find_facts
from openhearth.pipelines.splitting import sentences

_WORD = re.compile(r"\w+")
# Words that may stand in a name without being one, and small numbers, which a source may write as figures.
_NOT_CHECKED = frozenset(
    _WORD.findall(
        "of the de la von van du del di mr mrs ms dr st sir lord lady two three four five six seven eight nine ten eleven twelve"
    )
)
_ENDED = re.compile(r"[.!?…。！？][\"'»”’)]*$")
# Sentences that share so many of their words say the same.
_SAME = 0.8


@dataclass(frozen=True)
class Tidied:
    """`left_out`: the sentences that were made and are not in `text`; `unsupported`: the facts for which some of them are not."""

    text: str
    left_out: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()


def unsupported_facts(made: str, source: str) -> list[str]:
    """The facts of `made` with a word or figure that `source` does not hold, each once, in order."""
    return list(dict.fromkeys(fact.text for fact in _unsupported(made, source)))


def tidied(made: str, source: str, *, repair: bool = True) -> Tidied:
    """`made` without an introduction, without what it says twice, without an end that was cut off, and, with `repair`,
    without sentences that state names, numbers or dates which `source` does not hold.

    Its white space is made even. What is left may be empty.
    """
    invented = _unsupported(made, source) if repair else []
    kept: list[str] = []
    left_out: list[str] = []
    lacking: list[str] = []
    for start, end in _said(made):
        sentence = " ".join(made[start:end].split())
        facts = [fact.text for fact in invented if start <= fact.start < end]
        is_cut = bool(kept) and end == len(made) and _ENDED.search(sentence) is None
        if facts or is_cut or sentence.endswith(":") or says_again(sentence, kept):
            left_out.append(sentence)
            lacking += facts
        else:
            kept.append(sentence)
    return Tidied(" ".join(kept), tuple(left_out), tuple(dict.fromkeys(lacking)))


def says_again(sentence: str, before: list[str]) -> bool:
    """Whether one of the sentences `before` has nearly the same words."""
    words = set(_WORD.findall(sentence.lower()))
    others = [set(_WORD.findall(other.lower())) for other in before]
    return any(len(words & other) >= _SAME * max(1, len(words | other)) for other in others)


def _said(made: str) -> list[tuple[int, int]]:
    """The sentences, with an introduction on a line of its own apart."""
    places = []
    for start, end in sentences(made):
        first, mark, _ = made[start:end].partition(":\n")
        if mark:
            places.append((start, start + len(first) + 1))
            start += len(first) + 1
        places.append((start, end))
    return places


def _unsupported(made: str, source: str) -> list[Fact]:
    held = set(_WORD.findall(source.lower()))
    stems = {word.removesuffix("s") for word in held}
    return [
        fact
        for fact in find_facts(made)
        if any(
            word not in held and word.removesuffix("s") not in stems and word not in _NOT_CHECKED
            for word in _WORD.findall(fact.text.lower())
        )
    ]
