"""Forms and invoices write `Total: EUR 12.50`: where a question asks for what a line names, the rest of the line answers."""

import re
from collections.abc import Sequence

# How many of the words that a question is about must stand before the colon.
LEAST_SHARE = 0.5
_WORD = re.compile(r"\w+")
# Words of a question that say nothing about what is asked for.
_LITTLE = frozenset(
    re.findall(
        r"\w+",
        "what is are was the a an of on in for to at it this that which how much many when where who whose whom does do did "
        "has have had be been say says said tell me please there here page document invoice form",
    )
)


def find_labelled(question: str, lines: Sequence[str]) -> tuple[float, int, str] | None:
    """How much of the question a line names (0 to 1), which line it is, and what stands after its colon; the best one."""
    asked = _content(question)
    found = []
    for index, line in enumerate(lines):
        label, colon, value = line.partition(":")
        named = _content(label)
        if colon and value.strip() and named and named <= asked:
            found.append((len(named) / len(asked), -index, value.strip()))
    share, index, value = max(found, default=(0.0, 0, ""))
    return (share, -index, value) if share >= LEAST_SHARE else None


def _content(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if word not in _LITTLE}
