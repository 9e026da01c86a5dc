"""`openhearth notes`: the warnings book: what was said in earlier runs, in plain words, and notes of one's own."""

from typing import Annotated

import typer

from openhearth.pipelines.notes import Book


def notes(
    run: Annotated[str | None, typer.Option(help="Only the notes of this run.")] = None,
    add: Annotated[str | None, typer.Option(help="Add a note of your own instead of listing.")] = None,
    forget: Annotated[int | None, typer.Option(help="Remove the note with this number.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to list at most.")] = 20,
) -> None:
    """List what was warned of in earlier runs, the newest first, with what it means and what to do about it."""
    book = Book()
    if add is not None:
        book.remark(add, run_id=run or "")
        typer.echo("Kept.")
    elif forget is not None:
        book.forget(forget)
        typer.echo("Removed.")
    else:
        found = book.list_notes(limit=limit, run_id=run)
        for note in found:
            when = f"{note.at:%Y-%m-%d %H:%M}" if note.at else ""
            typer.echo(f"{note.id}  {when}  run {note.run_id}  {note.task} {note.model}".rstrip())
            typer.echo("   " + str(note).replace("\n", "\n   "))
        if not found:
            typer.echo("The book is empty: nothing was warned of yet.")
