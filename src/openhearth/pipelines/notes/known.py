"""Messages of libraries in plain words, as `known.toml` has them."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MESSAGE_MAX_LENGTH = 4000


@dataclass(frozen=True)
class Meaning:
    means: str
    remedy: str | None


@cache
def _known() -> Sequence[tuple[re.Pattern[str], Meaning]]:
    raw = tomllib.loads(Path(__file__).with_name("known.toml").read_text(encoding="utf-8"))
    return [
        (re.compile(said["says"], re.IGNORECASE | re.DOTALL), Meaning(said["means"], said.get("remedy")))
        for said in raw.values()
    ]


def find_meaning(message: str) -> Meaning | None:
    """What `message` means; None if it is not one of those we know."""
    shown = message[:MESSAGE_MAX_LENGTH]
    return next((meaning for pattern, meaning in _known() if pattern.search(shown)), None)
