"""What a made text states that its source does not: the names, numbers and dates in it are looked for there.

A cheap check: it finds what was invented or miscopied, not what was turned round. Words are compared without case.
"""

import re

from openhearth.pipelines.facts import find_facts

_WORD = re.compile(r"\w+")
# Words that may stand in a name without being one, and small numbers, which a source may write as figures.
_NOT_CHECKED = frozenset(
    _WORD.findall(
        "of the de la von van du del di mr mrs ms dr st sir lord lady two three four five six seven eight nine ten eleven twelve"
    )
)


def unsupported_facts(made: str, source: str) -> list[str]:
    """The facts of `made` with a word or figure that `source` does not hold, each once, in order."""
    held = set(_WORD.findall(source.lower()))
    stems = {word.removesuffix("s") for word in held}
    found = [
        fact.text
        for fact in find_facts(made)
        if any(
            word not in held and word.removesuffix("s") not in stems and word not in _NOT_CHECKED
            for word in _WORD.findall(fact.text.lower())
        )
    ]
    return list(dict.fromkeys(found))
