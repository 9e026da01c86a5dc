"""What each task is, in the words of `about.toml`, and by whom it can be done. Knows no repos."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from openhearth.cards import TASK_NAMES
from openhearth.pipelines.tasks import TASKS
from openhearth.pipelines.ways import find_way_without_model, ways_of
from openhearth.repos.pages.tag_groups import task_label

GROUPS = {
    "text": "Text",
    "vision": "Pictures and films",
    "audio": "Sound",
    "several": "Several at once",
    "table": "Tables",
    "other": "Other",
}
_GROUP_OF_INPUT = {"image": "vision", "video": "vision"}


@dataclass(frozen=True, kw_only=True)
class AboutTask:
    """A task for somebody who has not met it. `also`: tags of more general models that can be put to it."""

    name: str
    label: str
    group: str
    does: str
    about: str
    given: str = ""
    gives: str = ""
    also: tuple[str, ...] = ()

    @property
    def href(self) -> str:
        return f"/tasks/{self.name}"

    @property
    def is_worked_here(self) -> bool:
        """Whether pipelines know a way to do it, given a model."""
        return self.name in TASKS and bool(ways_of(TASKS[self.name]))

    @property
    def needs_model(self) -> bool:
        """Whether it takes a stored model: some learn from what they are given."""
        return self.name not in TASKS or find_way_without_model(TASKS[self.name]) is None

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of models that can do it, those made for it first."""
        return (self.name, *self.also)


@cache
def about_tasks() -> Mapping[str, AboutTask]:
    """Every task that models are tagged with or that pipelines work, in the order of the file."""
    told: dict[str, dict[str, Any]] = tomllib.loads(
        Path(__file__).with_name("about.toml").read_text(encoding="utf-8")
    )
    untold = sorted((TASK_NAMES | TASKS.keys()) - told.keys())
    return {name: _about(name, told.get(name, {})) for name in [*told, *untold]}


def _about(name: str, told: Mapping[str, Any]) -> AboutTask:
    worked = TASKS.get(name)
    does = told.get("does") or (worked.does if worked else task_label(name))
    takes = worked.takes if worked else "other"
    return AboutTask(
        name=name, label=told.get("label") or task_label(name), does=does, about=told.get("about", ""),
        group=told.get("group") or _GROUP_OF_INPUT.get(takes, takes), given=told.get("given", ""),
        gives=told.get("gives", ""), also=tuple(told.get("also", ())),
    )  # fmt: skip
