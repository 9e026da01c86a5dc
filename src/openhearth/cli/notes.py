"""`openhearth notes`: the warnings book: what was said in earlier runs, in plain words, and notes of one's own."""

from typing import Annotated

import typer

from openhearth.cli.printable import printable
from openhearth.errors import NotFound
from openhearth.pipelines.notes import Book

_NUMBER_MAX = (1 << 63) - 1


def notes(
    run: Annotated[str | None, typer.Option(help="Only the notes of this run.")] = None,
    add: Annotated[str | None, typer.Option(help="Add a note of your own instead of listing.")] = None,
    forget: Annotated[
        int | None, typer.Option(min=1, max=_NUMBER_MAX, help="Remove the note with this number.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to list at most.")] = 20,
) -> None:
    """List what was warned of in earlier runs, the newest first, with what it means and what to do about it."""
    book = Book()
    if add is not None:
        _remark(book, add, run)
        typer.echo("Kept.")
    elif forget is not None:
        book.forget(forget)
        typer.echo("Removed.")
    else:
        found = book.list_notes(limit=limit, run_id=run)
        for note in found:
            when = f"{note.at:%Y-%m-%d %H:%M}" if note.at else ""
            named = " ".join(note.model.split())
            typer.echo(printable(f"{note.id}  {when}  run {note.run_id}  {note.task} {named}".rstrip()))
            typer.echo(printable("   " + str(note).replace("\n", "\n   ")))
        if not found:
            typer.echo(
                f"Nothing is noted of run {run}." if run else "The book is empty: nothing was warned of yet."
            )


def _remark(book: Book, text: str, run: str | None) -> None:
    """Add a note of one's own; on a run, beside what is known of it. Raises NotFound for a run that nothing is known of."""
    if run is None:
        book.remark(text)
        return
    earlier = book.list_notes(run_id=run, limit=1)
    if not earlier:
        raise NotFound(f"--run: nothing is noted of a run {run!r}; `openhearth notes` lists them.")
    book.remark(text, run_id=run, task=earlier[0].task, model=earlier[0].model)
