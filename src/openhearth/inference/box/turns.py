"""The conversation that a form carries from one answer to the next."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from openhearth.errors import Invalid


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one side of a conversation said."""

    role: str
    text: str


def read_turns(text: str) -> list[Turn]:
    """The conversation so far, as the form carries it. Raises Invalid."""
    try:
        messages = json.loads(text) if text else []
        return [Turn(role=str(message["role"]), text=str(message["content"])) for message in messages]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Invalid("messages: the conversation cannot be read; start over.") from None


def write_turns(turns: Sequence[Turn]) -> str:
    return json.dumps([{"role": turn.role, "content": turn.text} for turn in turns], ensure_ascii=False)
