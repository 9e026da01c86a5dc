"""Which languages an Apertium folder translates, read from the names of its modes: `modes/eng-spa.mode`. Runs nothing.

Apertium lays out its data so on a machine (`/usr/share/apertium`), and a model's folder looks the same.
"""

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from openhearth.pipelines.languages import Tongues, find_language, name_of

MODES = "modes"
_MODE = re.compile(r"([a-z]{2,3})-([a-z]{2,3})(?:_(\w+))?\.mode")
# Written so much alike that one set of rules is made for all of them.
_AS_ONE = {"hr": "sh", "sr": "sh", "bs": "sh"}
# The widest rules; where a way leads through another language, the nearest relative of most others is tried first.
_STEPPING_STONES = ("es", "ca", "en")


@dataclass(frozen=True)
class Pair:
    """One direction. `variant` is a way of writing the target (`pt_BR`); `mode` is what Apertium calls it."""

    source: str
    target: str
    variant: str
    mode: str

    def __str__(self) -> str:
        return f"{name_of(self.source)} to {name_of(self.target)}"


def machine_folder() -> Path | None:
    """Where the Apertium that is installed on this machine keeps its pairs; None if it is not, or has none."""
    if shutil.which("apertium") is None:
        return None
    stated = os.environ.get("APERTIUM_DATADIR")
    places = [stated] if stated else ["/usr/share/apertium", "/usr/local/share/apertium"]
    return next((Path(place) for place in places if list_pairs(Path(place))), None)


def list_pairs(folder: Path) -> tuple[Pair, ...]:
    """Every direction that `folder` has a mode for, the plain way of writing before its variants."""
    found = []
    for path in (folder / MODES).glob("*.mode"):
        match = _MODE.fullmatch(path.name)
        source, target = (find_language(match[1]), find_language(match[2])) if match else (None, None)
        if match and source and target and source != target:
            found.append(Pair(source, target, match[3] or "", path.stem))
    return tuple(sorted(found, key=lambda pair: (pair.source, pair.target, pair.variant)))


def find_route(pairs: Iterable[Pair], source: str, target: str, variant: str = "") -> tuple[Pair, ...] | None:
    """The directions to go one after the other: one, or two through a third language."""
    by_ends: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        if pair.variant == variant or (pair.source, pair.target) not in by_ends:
            by_ends[pair.source, pair.target] = pair
    source, target = _AS_ONE.get(source, source), _AS_ONE.get(target, target)
    if direct := by_ends.get((source, target)):
        return (direct,)
    between = {b for a, b in by_ends if a == source} & {a for a, b in by_ends if b == target}
    if not between:
        return None
    stones = [*(stone for stone in _STEPPING_STONES if stone in between), *sorted(between)]
    return by_ends[source, stones[0]], by_ends[stones[0], target]


def can_translate(pairs: Iterable[Pair], tongues: Tongues) -> bool:
    """Whether there is a way between the languages, as far as they are said."""
    known = tuple(pairs)
    if tongues.source and tongues.target:
        return find_route(known, tongues.source, tongues.target) is not None
    return any(
        (not tongues.source or _AS_ONE.get(tongues.source, tongues.source) == pair.source)
        and (not tongues.target or _AS_ONE.get(tongues.target, tongues.target) == pair.target)
        for pair in known
    )


def describe_route(pairs: Iterable[Pair], tongues: Tongues) -> str:
    """How the way leads that the languages ask for, where it is not straight."""
    route = find_route(pairs, tongues.source, tongues.target) if tongues.source and tongues.target else None
    return f", by way of {name_of(route[0].target)}" if route and len(route) > 1 else ""


def sources_of(pairs: Iterable[Pair], target: str) -> tuple[str, ...]:
    """The languages that can be translated into `target`, straight or through another."""
    known = tuple(pairs)
    sources = {pair.source for pair in known}
    sources |= {one for one, together in _AS_ONE.items() if together in sources}
    return tuple(
        source for source in sorted(sources) if source != target and find_route(known, source, target)
    )
