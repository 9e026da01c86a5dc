"""Which ideas speak for which task, as `clues.toml` says; and what each task is fed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CLUES = Path(__file__).with_name("clues.toml")
ANY_TEXT = ("text", "web", "document")


@dataclass(frozen=True)
class TaskClues:
    """`weights`: ideas that must all be named → how much that speaks for the task. `takes`: kinds of input, usual first."""

    weights: Mapping[frozenset[str], float]
    takes: tuple[str, ...]


@cache
def clues() -> Mapping[str, TaskClues]:
    """Task → its clues."""
    return {
        task: TaskClues(
            weights={frozenset(ideas.split()): weight for ideas, weight in lines.items() if ideas != "takes"},
            takes=tuple(lines.get("takes", ANY_TEXT)),
        )
        for task, lines in tomllib.loads(CLUES.read_text(encoding="utf-8")).items()
    }
