"""The warnings book: what libraries said in each run, in plain words, kept for when something breaks."""

from openhearth.pipelines.notes.book import Book
from openhearth.pipelines.notes.records import Note, Related
from openhearth.pipelines.notes.run import Run

__all__ = ["Book", "Note", "Related", "Run"]
