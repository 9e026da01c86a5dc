"""What people say of a face: a name, in a sentence or alone, and which face of a photo they mean. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines.faces.book import Face
from openhearth.pipelines.faces.finder import Box

NAME_MAX_LENGTH = 200
LARGEST = "largest"
# How much of two boxes must be shared to mean the same face.
_SHARED_LEAST = 0.1


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


def read_box(given: Any) -> Box:
    """A box as answers carry it, a row with one, or four numbers. Raises Invalid."""
    box = given.get("box", given) if isinstance(given, Mapping) else given
    sides: Any = (
        [box.get(side) for side in ("xmin", "ymin", "xmax", "ymax")] if isinstance(box, Mapping) else box
    )
    try:
        read = Box(*(int(side) for side in sides))
    except (TypeError, ValueError):
        raise Invalid(f"box: {given!r} is no box; give xmin, ymin, xmax and ymax.") from None
    if not read.area:
        raise Invalid(f"box: {given!r} holds no pixel; xmin and ymin are its upper left corner.")
    return read


def choose_face(faces: Sequence[Face], box: Any, photo: str) -> Face | Box:
    """The face that is meant; the box itself where no face was found in it. Raises Invalid where it is not clear."""
    if isinstance(box, str) and box != LARGEST:
        raise Invalid(f'box: {box!r} is no box; give xmin, ymin, xmax and ymax, or "{LARGEST}".')
    if box is not None and box != LARGEST:
        wanted = read_box(box)
        nearest = max(faces, key=lambda face: face.box.shared(wanted), default=None)
        return nearest if nearest and nearest.box.shared(wanted) >= _SHARED_LEAST else wanted
    if not faces:
        raise Invalid(
            f"photo: no face is found on {photo}; take one that looks at the camera, or give its box=."
        )
    if len(faces) > 1 and box is None:
        shown = "; ".join(_spell(face.box) for face in sorted(faces, key=lambda face: face.box.xmin))
        raise Invalid(
            f"photo: {len(faces)} faces are on {photo}: {shown}. Give the box= of the one you mean, "
            f'or box="{LARGEST}".'
        )
    return max(faces, key=lambda face: face.box.area)


def _spell(box: Box) -> str:
    return f"({box.xmin}, {box.ymin}, {box.xmax}, {box.ymax})"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _stands_in(name: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the words of `name` follow each other in `said`."""
    size = len(name)
    return size > 0 and any(list(said[at : at + size]) == list(name) for at in range(len(said) - size + 1))
