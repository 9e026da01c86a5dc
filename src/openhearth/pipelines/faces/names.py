"""Whom people mean: a name, in a sentence or alone. Pure."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from openhearth.errors import Invalid, NotFound

NAME_MAX_LENGTH = 200


def checked_name(name: Any) -> str:
    """Raises Invalid for what is no name."""
    if not isinstance(name, str) or not name.strip():
        raise Invalid("name: is missing; say whose face it is.")
    if len(name) > NAME_MAX_LENGTH:
        raise Invalid(f"name: has {len(name)} characters; use at most {NAME_MAX_LENGTH}.")
    return " ".join(name.split())


def find_name(words: str, known: Collection[str]) -> str | None:
    """The one of the `known` names that `words` are, or speak of. Raises Invalid if they speak of several."""
    said = _words(words)
    for names in (
        [name for name in known if _words(name) == said],
        [name for name in known if _stands_in(_words(name), said)],
        [name for name in known if set(_words(name)) & set(said)],
    ):
        if len(names) > 1:
            raise Invalid(f"name: {words!r} may be {' or '.join(sorted(names))}; give the whole name.")
        if names:
            return names[0]
    return None


def get_name(words: str, known: Collection[str]) -> str:
    """As `find_name`. Raises NotFound where nobody of that name is tagged."""
    found = find_name(checked_name(words), known)
    if found is None:
        there = f"tagged are {', '.join(sorted(known))}" if known else "nobody is tagged yet"
        raise NotFound(
            f'name: nobody called {words!r} is tagged; {there}. Begin with album.tag("Ana", "ana.jpg").'
        )
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _stands_in(name: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the words of `name` follow each other in `said`."""
    size = len(name)
    return size > 0 and any(list(said[at : at + size]) == list(name) for at in range(len(said) - size + 1))
