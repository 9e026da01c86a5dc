"""What a question asks for, and which words of it count. English, as are the small models that answer.

A dozen patterns: they only have to be right about what they say, for the model decides among what they leave.
"""

import re
from collections.abc import Mapping
from typing import Literal

Kind = Literal["reason", "time", "quantity", "person", "place", "name", "manner", "whether", "thing"]

WORD = re.compile(r"\w+(?:[-'’.,/:]\w+)*")
_SAID: Mapping[Kind, str] = {
    "reason": r"\bwhy\b|\bfor what reason\b",
    "time": r"\bwhen\b|\b(what|which) (year|date|day|time|hour|month|century|season|decade)\b",
    "quantity": (
        r"\bhow (many|much|long|old|tall|far|high|deep|heavy|often|fast|big|large|wide|hot|warm|cold)\b"
        r"|\b(what|which) (is|was|were|are) the (\w+ )?"
        r"(length|height|weight|price|cost|temperature|number|age|distance|depth|speed|turnover|population|size)\b"
        r"|\bwhat (temperature|number|percentage|age|price|height|amount)\b"
    ),
    "person": r"\b(who|whom|whose)\b",
    "place": (
        r"\bwhere\b|\b(what|which) (city|country|county|town|place|village|river|sea|street|state|island|region|house"
        r"|room|continent|port)\b"
    ),
    "name": r"\bnames?\b|\b(called|named)\b",
    "manner": r"\bhow\b",
    "whether": r"^\W*(is|are|was|were|do|does|did|must|can|may|should|will|has|have)\b",
}
_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _SAID.items()}
# Words that say nothing about whether a passage speaks of what was asked.
LITTLE = frozenset(
    WORD.findall(
        "the a an of to in on at for from by with and or is are was were be been do does did has have had what which who "
        "whom whose when where why how many much long old tall far it its this that these those there their his her he she "
        "they him them i you we my your our as so than then not no but if will would can could should must may might about "
        "into one first"
    )
)
_ENDINGS = ("ing", "ed", "es", "s", "e")


def kind_of(question: str) -> Kind:
    """What would answer `question`: the first of the kinds whose words it uses."""
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.search(question)), "thing")


def words_of(text: str) -> list[str]:
    return WORD.findall(text)


def meant(text: str) -> frozenset[str]:
    """The words of `text` that carry meaning, without their endings."""
    return frozenset(stem(word) for word in words_of(text) if word.lower() not in LITTLE)


def stem(word: str) -> str:
    """A word without the ending that a question bends: `boils`, `boiled` and `boil` speak of one thing."""
    low = word.lower()
    for ending in _ENDINGS:
        if low.endswith(ending) and len(low) - len(ending) >= 3:
            return low.removesuffix(ending)
    return low
