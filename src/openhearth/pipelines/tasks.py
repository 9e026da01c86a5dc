"""The tasks there are, as `tasks.toml` declares them. Imports no torch."""

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from openhearth.errors import Unsupported

InputKind = Literal["text", "audio", "image", "video", "table", "album"]
# What tasks open themselves: tables, and albums, which remember their photos by name.
OPENED_BY_TASKS: frozenset[InputKind] = frozenset({"table", "album"})
OutputKind = Literal["json", "image", "audio", "video"]


@dataclass(frozen=True, kw_only=True)
class Task:
    """`gives`: what an answer is. `native`: transformers has a pipeline of this name.

    `words`: what people also call it. `asks`: parameters that a call cannot do without, beside the input.
    """

    name: str
    takes: InputKind
    does: str
    gives: OutputKind = "json"
    native: bool = True
    words: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


def _read_tasks() -> dict[str, Task]:
    raw: dict[str, dict[str, Any]] = tomllib.loads(
        Path(__file__).with_name("tasks.toml").read_text(encoding="utf-8")
    )
    for said in raw.values():
        said.update({key: tuple(value) for key, value in said.items() if isinstance(value, list)})
    return {name: Task(name=name, **said) for name, said in raw.items()}


TASKS: dict[str, Task] = _read_tasks()
TRANSLATION = re.compile(r"translation_([a-z]{2,3})_to_([a-z]{2,3})")


def find_task(name: str) -> Task | None:
    """The task called `name`, by its own name or one that people use for it; `translation_en_to_fr` too."""
    spelled = name.strip().lower().replace(" ", "-")
    if TRANSLATION.fullmatch(spelled):
        return TASKS["translation"]
    spelled = spelled.replace("_", "-")
    return TASKS.get(spelled) or next((task for task in TASKS.values() if spelled in task.words), None)


def find_registered(name: str) -> Task | None:
    """A task of somebody's own, registered with transformers' PIPELINE_REGISTRY in this process. Imports nothing."""
    pipelines = sys.modules.get("transformers.pipelines")
    known = pipelines.PIPELINE_REGISTRY.supported_tasks.get(name) if pipelines is not None else None
    if known is None:
        return None
    kind = known.get("type", "text")
    # What it takes of several kinds is its own affair: nothing is read for it.
    return Task(
        name=name,
        takes=kind if kind in ("text", "image", "audio", "video") else "table",
        does="Was registered here",
    )


def get_task(name: str) -> Task:
    """As `find_task`. Raises Unsupported with the names there are."""
    task = find_task(name)
    if task is None:
        raise Unsupported(
            f"task: {name!r} is not one that can be run here; choose one of {', '.join(sorted(TASKS))}."
        )
    return task
