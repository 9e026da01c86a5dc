"""The stored prompts, by task: `prompts.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def _prompts() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("prompts.toml").read_text(encoding="utf-8")
    )
    return found


def conversation(name: str, **filled: object) -> list[dict[str, str]]:
    """The turns that ask for `name`, with its places filled in."""
    prompt = _prompts()[name]
    # Texts hold braces of their own: each place is replaced by itself, and nothing in a text is read as one.
    user = prompt["user"]
    for place, value in filled.items():
        head, found, tail = user.partition("{" + place + "}")
        user = head + str(value) + tail if found else user
    turns = [{"role": "system", "content": prompt["system"]}] if "system" in prompt else []
    return [*turns, {"role": "user", "content": user}]
