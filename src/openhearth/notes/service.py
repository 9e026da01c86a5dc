"""The verbs: keep what was said, list it for whom it concerns, add a remark, find what a failure reminds of."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from openhearth.access import Actor
from openhearth.db import Database
from openhearth.errors import Invalid, NotFound, Unauthenticated
from openhearth.events import ModelSaid
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id
from openhearth.kit.names import RepoRef, split_repo_id
from openhearth.notes import queries
from openhearth.notes.records import KeptNote
from openhearth.pipelines.notes.book import REMARK_MAX_LENGTH
from openhearth.pipelines.notes.records import Note, NoteKind, Related
from openhearth.pipelines.notes.related import rank
from openhearth.repos import Repos

LISTED = 200
COMPARED = 1000
RELATED = 5
KEPT = timedelta(days=90)
_KINDS: dict[str, NoteKind] = {"warning": "warning", "report": "report", "failure": "failure"}


class Notes:
    def __init__(self, *, db: Database, clock: Clock, repos: Repos) -> None:
        self._db = db
        self._clock = clock
        self._repos = repos

    def on_model_said(self, said: ModelSaid) -> None:
        """Keep what libraries said, once for each run and person, counted."""
        now = self._clock()
        with self._db.write() as rows:
            for note in said.notes:
                kept = KeptNote(
                    id=new_id(), run_id=said.run_id, user_id=said.user_id, repo_key=said.repo_key, task=said.task,
                    kind=_KINDS.get(note.kind, "warning"), source=note.source[:200], category=note.category[:100],
                    message=note.message.replace("\0", ""), count=note.count, means=note.means, remedy=note.remedy,
                    at=now,
                )  # fmt: skip
                queries.add_said(rows, kept)

    def list_notes(
        self, actor: Actor, *, model: RepoRef | None = None, run_id: str | None = None, limit: int = LISTED
    ) -> list[KeptNote]:
        """Those of the actor's own runs and of models they write, newest first. Raises RepoNotFound for `model`."""
        visible = self._visible(actor)
        repo_key = self._repos.catalogue.get(actor, model).key if model is not None else None
        with self._db.read() as rows:
            return queries.list_notes(rows, visible, repo_key=repo_key, run_id=run_id, limit=limit)

    def remark(
        self, actor: Actor, text: str, *, model: RepoRef | None = None, run_id: str = "", task: str = ""
    ) -> KeptNote:
        """Add a note of one's own, on a model or a run that one has notes of, or on nothing. Raises Invalid, NotFound."""
        user_id, said = _user(actor), text.strip().replace("\0", "")
        if not said:
            raise Invalid("note: is empty; write what you saw.")
        if len(said) > REMARK_MAX_LENGTH:
            raise Invalid(f"note: has {len(said)} characters; use at most {REMARK_MAX_LENGTH}.")
        repo_key = self._repos.catalogue.get(actor, model).key if model is not None else None
        if run_id:
            earlier = self.list_notes(actor, run_id=run_id, limit=1)
            if not earlier:
                raise NotFound(f"run: there is no run {run_id[:40]!r} that you have notes of.")
            repo_key, task = earlier[0].repo_key, earlier[0].task
        note = KeptNote(
            id=new_id(), run_id=run_id or new_id(), user_id=user_id, repo_key=repo_key, task=task[:64], kind="remark",
            source="", category="", message=said, count=1, means=None, remedy=None, at=self._clock(),
        )  # fmt: skip
        with self._db.write() as rows:
            queries.insert_note(rows, note)
        return note

    def forget(self, actor: Actor, note_id: str) -> None:
        """Remove a note of one's own. Raises NotFound for another's."""
        user_id = _user(actor)
        with self._db.read() as rows:
            note = queries.find_note(rows, note_id)
        if note is None or note.user_id != user_id:
            raise NotFound(f"note: there is no note {note_id[:40]!r} of yours.")
        with self._db.write() as rows:
            queries.delete_note(rows, note.id)

    def related(
        self, actor: Actor, failure: str, *, repo_key: str, task: str, source: str = ""
    ) -> Sequence[Related]:
        """Earlier notes that `failure` reminds of, likeliest first, each with the reason; of those the actor may see.

        Where nobody says which module failed, what the book kept of that very failure does.
        """
        if actor.user_id is None:
            return []
        with self._db.read() as rows:
            earlier = queries.list_notes(rows, self._visible(actor), limit=COMPARED)
        known = next((n for n in earlier if n.kind == "failure" and _same(n.message, failure)), None)
        own = [n for n in earlier if known is not None and n.run_id == known.run_id and n.kind != "failure"]
        said = "\n".join([failure, *(n.message for n in own)])
        note = Note(
            kind="failure", message=said, source=source or (known.source if known else ""), task=task, model=repo_key
        )  # fmt: skip
        others = [
            n.as_note()
            for n in earlier
            if n not in own and not (n.kind == "failure" and _same(n.message, failure))
        ]
        ranked = [replace(found, reasons=_worded(found.reasons)) for found in rank(note, others)]
        return [*(Related(n.as_note(), 0.0, ["it was said in this very run"]) for n in own), *ranked][
            :RELATED
        ]

    def may_forget(self, actor: Actor, note: KeptNote) -> bool:
        return actor.user_id is not None and note.user_id == actor.user_id

    def name_models(self, actor: Actor, notes: Sequence[KeptNote]) -> dict[str, RepoRef]:
        """Key → what a model is called now, for those of `notes` that the actor may know of."""
        keys = {note.repo_key for note in notes if note.repo_key}
        return {
            key: listed.repo.ref for key, listed in self._repos.catalogue.list_by_keys(actor, keys).items()
        }

    def forget_old(self) -> None:
        with self._db.write() as rows:
            queries.delete_old(rows, self._clock() - KEPT)

    def _visible(self, actor: Actor) -> sa.ColumnElement[bool]:
        return queries.visible_to(_user(actor), self._repos.catalogue.writable_keys(actor))


def find_ref(typed: str) -> RepoRef | None:
    """The model that a form names, None for none. Raises Invalid."""
    return split_repo_id(typed, "model", field="model") if typed else None


def _same(kept: str, shown: str) -> bool:
    """The book knows the exception, the page its sentence: one holds the other."""
    return kept == shown or kept.endswith(shown) or shown.endswith(kept.partition(": ")[2] or kept)


def _worded(reasons: Sequence[str]) -> list[str]:
    """Models are compared by their key, which is nobody's name for them."""
    return ["the same model" if reason.startswith("the same model ") else reason for reason in reasons]


def _user(actor: Actor) -> str:
    if actor.user_id is None:
        raise Unauthenticated("The book of notes is kept for accounts; sign in first.")
    return actor.user_id
