"""Notes: the warnings book of the hub: what libraries say in runs of models, in plain words, kept for when something breaks."""

from pathlib import Path

from openhearth.events import ModelSaid
from openhearth.notes.pages import NotePages
from openhearth.notes.records import KeptNote
from openhearth.notes.service import Notes
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

__all__ = ["KeptNote", "Notes", "build"]


def build(ground: Ground, *, repos: Repos) -> Room:
    """The room on `ground`, about the models of `repos`."""
    notes = Notes(db=ground.db, clock=ground.clock, repos=repos)
    ground.web.add_folder("notes", Path(__file__).parent / "templates")
    pages = NotePages(notes, web=ground.web, urls=ground.urls)
    return Room(
        name="notes",
        service=notes,
        routes=pages.routes(),
        subscribes={ModelSaid: notes.on_model_said},
        slots={"run.failed": pages.related},
        on_start=[notes.forget_old],
    )
