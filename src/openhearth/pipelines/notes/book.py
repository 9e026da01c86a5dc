"""The warnings book: notes of all runs of this person, kept in one file, so that a later failure can be compared with them."""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openhearth.config import load_settings
from openhearth.errors import Invalid, NotFound
from openhearth.pipelines.notes.records import Note, Related
from openhearth.pipelines.notes.related import rank

REMARK_MAX_LENGTH = 10_000
KEPT = 10_000
_COMPARED = 2000
_TABLE = """
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, at TEXT NOT NULL, task TEXT NOT NULL, model TEXT NOT NULL,
    kind TEXT NOT NULL, source TEXT NOT NULL, category TEXT NOT NULL, message TEXT NOT NULL, count INTEGER NOT NULL,
    means TEXT, remedy TEXT
)
"""
_COLUMNS = "id, run_id, at, task, model, kind, source, category, message, count, means, remedy"


def new_run_id() -> str:
    return secrets.token_hex(4)


class BookUnusable(Invalid):
    """The file cannot be read or written: it is no book, or its disk is full or read-only."""


class Book:
    """A file of notes. Readers and writers of several processes may have it open at once.

    Raises BookUnusable. The newest `KEPT` notes stay, and whatever people wrote.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or load_settings().data / "notes.db"

    def write(self, notes: Sequence[Note], *, run_id: str, task: str, model: str) -> None:
        """Keep the notes of a run. Those it has already, with the same message, are counted on."""
        if not notes:
            return
        now = datetime.now(UTC).isoformat()
        with self._open() as rows:
            for note in notes:
                known = rows.execute(
                    "UPDATE notes SET count = count + ? WHERE run_id = ? AND source = ? AND message = ?",
                    (note.count, run_id, note.source, note.message),
                )
                if not known.rowcount:
                    said = (
                        note.kind,
                        note.source,
                        note.category,
                        note.message,
                        note.count,
                        note.means,
                        note.remedy,
                    )
                    rows.execute(
                        f"INSERT INTO notes ({_COLUMNS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own columns
                        (run_id, now, task, model, *said),
                    )
            rows.execute(
                "DELETE FROM notes WHERE kind != 'remark' AND id <= (SELECT max(id) FROM notes) - ?", (KEPT,)
            )

    def remark(self, text: str, *, run_id: str = "", task: str = "", model: str = "") -> None:
        """Add a person's own note, on a run or on nothing in particular. Raises Invalid for an empty or endless one."""
        if not text.strip():
            raise Invalid("note: is empty; write what you saw.")
        if len(text) > REMARK_MAX_LENGTH:
            raise Invalid(f"note: has {len(text)} characters; use at most {REMARK_MAX_LENGTH}.")
        self.write(
            [Note(kind="remark", message=text.strip())], run_id=run_id or new_run_id(), task=task, model=model
        )

    def list_notes(self, *, limit: int = 100, run_id: str | None = None) -> list[Note]:
        """The newest first."""
        if not self.path.exists():
            return []
        where, values = ("WHERE run_id = ?", [run_id]) if run_id else ("", [])
        with self._open() as rows:
            found = rows.execute(
                f"SELECT {_COLUMNS} FROM notes {where} ORDER BY id DESC LIMIT ?",  # noqa: S608 - no value is spelled in
                [*values, limit],
            )
            return [_note(row) for row in found]

    def forget(self, note_id: int) -> None:
        """Remove one note. Raises NotFound."""
        with self._open() as rows:
            if not rows.execute("DELETE FROM notes WHERE id = ?", (note_id,)).rowcount:
                raise NotFound(f"note: there is none with number {note_id}; `openhearth notes` lists them.")

    def related(self, failure: Note, *, limit: int = 5) -> list[Related]:
        """Earlier notes that share something with `failure`, likeliest first, each with the reason."""
        return rank(failure, self.list_notes(limit=_COMPARED))[:limit]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
                connection.execute(_TABLE)
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise BookUnusable(
                f"notes: the book {self.path} cannot be used ({error}); make room or give leave to write there, "
                "or move that file away, and a new one is begun."
            ) from None


def _note(row: Sequence[Any]) -> Note:
    names = _COLUMNS.split(", ")
    note = Note(**dict(zip(names, row, strict=True)))
    return replace(note, at=datetime.fromisoformat(str(note.at)))
