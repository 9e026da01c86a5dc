"""Tasks: what models can be asked to do, each with a page. See README.md."""

from pathlib import Path

from openhearth.repos import RepoFrame, Repos
from openhearth.tasks.pages import TaskPages
from openhearth.wire.room import Ground, Room

__all__ = ["build"]


def build(ground: Ground, *, repos: Repos) -> Room:
    """The room on `ground`, over the models and datasets of `repos`."""
    ground.web.add_folder("tasks", Path(__file__).parent / "templates")
    pages = TaskPages(RepoFrame(repos=repos, ground=ground))
    return Room(name="tasks", service=None, routes=pages.routes())
