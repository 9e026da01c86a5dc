"""One run: what was heard while a pipeline was loaded and called, kept in the book; a failure is compared with the past."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from openhearth.errors import HubError, Unsupported
from openhearth.pipelines.notes.book import Book, BookUnusable, new_run_id
from openhearth.pipelines.notes.known import find_meaning, plain
from openhearth.pipelines.notes.listen import Heard, listening
from openhearth.pipelines.notes.records import Note, Related

log = logging.getLogger("openhearth.notes")


class Run:
    """`notes` are those of this run so far; `related` what the last failure reminded of."""

    def __init__(self, *, task: str, model: str, book: Book | None = None) -> None:
        self.id = new_run_id()
        self.task, self.model = task, plain(model)
        self.related: list[Related] = []
        self._book = book or Book()
        self._notes: dict[str, Note] = {}
        self._said_so = False

    @property
    def notes(self) -> list[Note]:
        return list(self._notes.values())

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Listen while the block runs. An error that leaves it carries the earlier notes it reminds of (`add_note`)."""
        with listening() as heard:
            try:
                yield
            except Exception as error:  # whatever failed is compared with the past, and goes on its way
                if not (isinstance(error, BrokenPipeError) or _is_told_whole(error)):
                    self._compare(error, heard)
                raise
            finally:
                self._keep(heard)

    def remark(self, text: str) -> None:
        """Add a person's own note to this run."""
        self._book.remark(text, run_id=self.id, task=self.task, model=self.model)
        self._notes[text] = Note(kind="remark", message=text)

    def _keep(self, heard: Heard) -> None:
        for note in heard.notes:
            before = self._notes.get(note.message)
            self._notes[note.message] = replace(note, count=note.count + (before.count if before else 0))
        self._write(heard.notes)
        if heard.notes and not self._said_so:
            self._said_so = True
            log.warning(
                "Notes on this run (%d): see pipe.notes, or `openhearth notes --run %s`.",
                len(heard.notes),
                self.id,
            )

    def _compare(self, error: Exception, heard: Heard) -> None:
        """Keep the failure, and lay beside it what was said before it in this run and what earlier runs share with it."""
        message = plain(f"{type(error).__name__}: {error}")
        meaning = find_meaning(message)
        failure = Note(
            kind="failure", message=message, source=module_of(error), category=type(error).__name__, task=self.task,
            model=self.model, means=meaning.means if meaning else None, remedy=meaning.remedy if meaning else None,
        )  # fmt: skip
        said = "\n".join([message, *_causes(error), *(note.message for note in heard.notes)])
        try:
            self.related = self._book.related(replace(failure, message=said))
        except BookUnusable:
            self.related = []
        self._notes[failure.message] = failure
        self._write([failure])
        if heard.notes:
            error.add_note("Said in this run before it failed:\n" + "\n".join(map(str, heard.notes)))
        if self.related:
            error.add_note("Earlier notes that may have to do with it:\n" + "\n".join(map(str, self.related)))

    def _write(self, notes: list[Note]) -> None:
        """A book that cannot be written to must not keep a model from answering."""
        try:
            self._book.write(notes, run_id=self.id, task=self.task, model=self.model)
        except BookUnusable as error:
            log.warning("the notes of this run were not kept: %s", error)


def _is_told_whole(error: Exception) -> bool:
    """Whether it is a refusal of ours, with no fault of a library behind it: its sentence says all there is to say."""
    if not isinstance(error, HubError) or error.__cause__ is not None:
        return False
    return isinstance(error, Unsupported) or error.status < 500


def _causes(error: BaseException) -> Iterator[str]:
    """What was raised below `error`."""
    cause = error.__cause__ or error.__context__
    while cause is not None:
        yield plain(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__ or cause.__context__


def module_of(error: Exception) -> str:
    """The module that raised `error`."""
    frames = traceback.walk_tb(error.__traceback__)
    return next((str(f.f_globals.get("__name__", "")) for f, _ in reversed(list(frames))), "")
