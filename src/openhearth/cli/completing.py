"""What the shell offers when the tab key is pressed: tasks, models of this machine and of the hub.

Answers within half a second whatever the hub does, and imports no library that runs models. Files are left to the shell,
which completes them itself where nothing is offered, and quotes them. What is offered here is taken as it stands, and zsh
runs what stands in `$(…)`: so nothing is offered that would need quotes.
"""

import re
from collections.abc import Iterator
from pathlib import Path

HUB_TIMEOUT_S = 0.5
_OFFERED = 50
_ANSWER_MAX_BYTES = 1 << 20
_PLAIN = re.compile(r"[\w./~+-]+")


def complete_task(incomplete: str) -> Iterator[tuple[str, str]]:
    """Names of tasks, with what each does; the words people use for them once those are begun."""
    from openhearth.pipelines.tasks import TASKS

    begun = incomplete.lower()
    for task in TASKS.values():
        if task.name.startswith(begun):
            yield task.name, task.does
        if begun:
            yield from ((word, task.does) for word in task.words if word.startswith(begun))


def complete_model(incomplete: str) -> Iterator[str]:
    """Ids of models that are here or on the hub, and folders."""
    from openhearth.pipelines.shelf import list_shelf

    here = {known.id for known in list_shelf() if known.id.lower().startswith(incomplete.lower())}
    offered = [
        *sorted(here),
        *(name for name in _on_hub(incomplete) if name not in here),
        *_folders(incomplete),
    ]
    yield from (name for name in offered if _PLAIN.fullmatch(name))


def _folders(incomplete: str) -> Iterator[str]:
    folder, slash, begun = incomplete.rpartition("/")
    try:
        entries = sorted(Path(folder + slash or ".").expanduser().iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(begun) and entry.is_dir() and (begun or not entry.name.startswith(".")):
            yield f"{folder}{slash}{entry.name}/"


def _on_hub(incomplete: str) -> list[str]:
    import json
    import urllib.parse
    import urllib.request

    from openhearth.config import load_settings

    settings = load_settings()
    query = urllib.parse.urlencode({"search": incomplete, "limit": _OFFERED})
    address = f"{settings.endpoint.rstrip('/')}/api/models?{query}"
    headers = {"Authorization": f"Bearer {settings.token}"} if settings.token else {}
    try:
        request = urllib.request.Request(address, headers=headers)  # noqa: S310 - the owner's setting
        with urllib.request.urlopen(request, timeout=HUB_TIMEOUT_S) as response:  # noqa: S310 - likewise
            found = json.loads(response.read(_ANSWER_MAX_BYTES))
        return [
            str(model["id"]) for model in found if str(model["id"]).lower().startswith(incomplete.lower())
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return []
