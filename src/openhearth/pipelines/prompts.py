"""The stored prompts, by task: `prompts.toml`, and how long their answers may be. Imports no torch."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SUMMARY_SENTENCES = 3
SUMMARY_TOKENS = 160
TRANSLATION_TOKENS = 512

# Read before a text and a question whose answer is looked for in the text; they show how short answers are.
ANSWER_EXAMPLES = """Text: Rosa Keller moved to Lyon in 1998 to open a school of dance. She sold it to her cousin after nine years.
Question: When did Rosa move to Lyon?
Answer: 1998

Text: The bridge across the Tarn was closed because of a flood. Since then a ferry carries people to the other bank.
Question: What carries people across the river?
Answer: a ferry

Text: The orchestra rehearses on Mondays. Its conductor, Jan Willem Bos, is seldom late.
Question: Who is the conductor?
Answer: Jan Willem Bos

"""


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
