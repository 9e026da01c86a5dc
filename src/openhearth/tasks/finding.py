"""What somebody wants to do, in their own words, as a task: offline, without a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from openhearth.pipelines.tasks import find_task
from openhearth.pipelines.words import NotUnderstood, choose
from openhearth.tasks.about import AboutTask, about_tasks

WORDS_MAX = 1000
_NEAREST = 4


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was understood: `task` None where nothing fits, `others` the nearest or the next best."""

    words: str
    task: AboutTask | None
    reason: str
    others: Sequence[AboutTask]


def find_by_words(words: str) -> Found:
    """The task that `words` ask for: a task's name in any spelling, or plain words."""
    shown = words[:WORDS_MAX]
    named = find_about(shown)
    if named is not None:
        return Found(words=shown, task=named, reason="you named it", others=())
    try:
        said = choose(shown)
    except NotUnderstood as error:
        return Found(words=shown, task=None, reason="", others=_all(error.nearest))
    return Found(words=shown, task=about_tasks().get(said.task), reason=said.reason, others=_all(said.others))


def find_about(name: str) -> AboutTask | None:
    """The task called `name`, by its own name or one that people use for it."""
    known = find_task(name)
    spelled = name.strip().lower().replace(" ", "-").replace("_", "-")
    return about_tasks().get(known.name if known else spelled)


def list_nearest(name: str) -> list[AboutTask]:
    """The tasks whose names come closest to `name`, by spelling and by meaning."""
    by_spelling = get_close_matches(name.lower(), list(about_tasks()), n=_NEAREST, cutoff=0.6)
    found = find_by_words(name.replace("-", " "))
    by_meaning = [*([found.task] if found.task else []), *found.others]
    return list({task.name: task for task in [*_all(by_spelling), *by_meaning]}.values())[:_NEAREST]


def _all(names: Sequence[str]) -> list[AboutTask]:
    return [about_tasks()[name] for name in names if name in about_tasks()]
