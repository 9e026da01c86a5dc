"""Messages of libraries in plain words, as `known.toml` has them."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MESSAGE_MAX_LENGTH = 4000
# What terminals take for colours, titles and other commands, and a book for noise.
_COMMANDS = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


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


def plain(message: str) -> str:
    """`message` on one line as a book keeps it: without commands to terminals, and not longer than is read."""
    lines = _COMMANDS.sub("", message[: 2 * MESSAGE_MAX_LENGTH]).split("\n")
    return " ".join(lines[:40]).strip()[:MESSAGE_MAX_LENGTH]


def find_meaning(message: str) -> Meaning | None:
    """What `message` means; None if it is not one of those we know."""
    shown = message[:MESSAGE_MAX_LENGTH]
    return next((meaning for pattern, meaning in _known() if pattern.search(shown)), None)
