"""`openhearth tasks`: what can be done, and which model of this machine would do it. Loads none."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from openhearth.errors import HubError
from openhearth.pipelines.choice import brought_by, decide
from openhearth.pipelines.shelf import OnShelf, list_shelf
from openhearth.pipelines.tasks import TASKS, Task


def tasks(
    as_json: Annotated[bool, typer.Option("--json", help="Print each task as one line of JSON.")] = False,
    here: Annotated[
        bool, typer.Option("--here", help="Only those that a model of this machine does.")
    ] = False,
) -> None:
    """List the tasks, what each does, and which model of this machine would do it."""
    width = max(map(len, TASKS))
    shelf = list(list_shelf())
    for task in TASKS.values():
        model = _model_here(task, shelf)
        if here and model is None:
            continue
        if as_json:
            row = {
                "task": task.name,
                "does": task.does,
                "takes": task.takes,
                "words": task.words,
                "model": model,
            }
            typer.echo(json.dumps(row))
        else:
            typer.echo(f"{task.name:<{width}}  {model or _remedy(task)}\n{'':<{width}}  {task.does}")


def _model_here(task: Task, shelf: Sequence[OnShelf]) -> str | None:
    try:
        return decide(task.name, None, shelf=shelf).model.name
    except HubError:
        return None


def _remedy(task: Task) -> str:
    brought = brought_by(task, task.name)
    return f"none here; openhearth starter {brought} brings one" if brought else "none here"
