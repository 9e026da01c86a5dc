"""`openhearth album`: name a face once, find it again in folders of photos. All of it stays on this machine."""

import json as json_module
from typing import Annotated, Any

import typer

from openhearth.errors import Invalid
from openhearth.pipelines.machine import prepare_environment

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None,
    help="Name a face once, find it again in folders of photos. All of it stays on this machine.",
)  # fmt: skip

Name = Annotated[str, typer.Argument(help="The person's name.")]
Photo = Annotated[str, typer.Argument(help="The path or link of a photo.")]
Box = Annotated[
    str | None,
    typer.Option(help="Which face, where there are several: LEFT,TOP,RIGHT,BOTTOM in pixels, or largest."),
]
Model = Annotated[str | None, typer.Option(help="A model of faces; none: the one that is here.")]
Json = Annotated[bool, typer.Option("--json", help="Print lines of JSON.")]


@app.command()
def tag(name: Name, photo: Photo, box: Box = None, model: Model = None, json: Json = False) -> None:
    """Say whose face is on a photo."""
    chosen = _read_box(box)
    said = _open(model).tag(name, photo, box=chosen)
    _print([said], json, lambda row: f"{row['name']} is tagged on {row['photo']} at {_place(row['box'])}.")


@app.command()
def find(
    name: Name,
    folder: Annotated[str, typer.Argument(help="A folder of photos, or a photo.")],
    threshold: Annotated[float, typer.Option(min=0, max=1, help="How like a tagged face it must be.")] = 0.5,
    top_k: Annotated[int | None, typer.Option("--top", min=1, help="Only the best so many.")] = None,
    model: Model = None,
    json: Json = False,
) -> None:
    """List the photos that show somebody, best first. NAME may be a sentence that speaks of them."""
    album = _open(model)
    try:
        rows = album.find(name, in_=folder, threshold=threshold, top_k=top_k)
    except KeyboardInterrupt:
        typer.echo(
            "Stopped. Photos that were looked at are remembered; the next search goes on from there.",
            err=True,
        )
        raise typer.Exit(130) from None
    _print(rows, json, lambda row: f"{row['score']:.2f}  {row.get('path', folder)}  {_place(row['box'])}")
    for path, reason in album.skipped:
        typer.echo(f"left out {path}: {reason}", err=True)
    if not rows:
        typer.echo(f"Nobody like that is in {folder}.", err=True)


@app.command("list")
def list_(model: Model = None, json: Json = False) -> None:
    """List what was said of whom."""
    rows = _open(model).tags
    _print(
        rows,
        json,
        lambda row: f"{row['name']}{' not' * ('is_refused' in row)}  {row['photo']}  {_place(row['box'])}",
    )
    if not rows:
        typer.echo("Nobody is tagged yet: openhearth album tag NAME PHOTO", err=True)


@app.command("not")
def not_(name: Name, photo: Photo, box: Box = None, model: Model = None, json: Json = False) -> None:
    """Say that a face which is taken for somebody is not theirs."""
    chosen = _read_box(box)
    said = _open(model).not_this(name, photo, box=chosen)
    _print(
        [said],
        json,
        lambda row: f"{_place(row['box'])} on {row['photo']} is not taken for {row['name']} any more.",
    )


@app.command()
def forget(name: Name, model: Model = None) -> None:
    """Delete all that is known of somebody: tags, and what was read of photos that show them."""
    _open(model).forget(name)
    typer.echo("Forgotten.")


def _open(model: str | None) -> Any:
    prepare_environment()
    from openhearth.pipelines import pipeline

    return pipeline("face-recognition", model=model)


def _read_box(given: str | None) -> list[int] | str | None:
    if given is None or not given[:1].isdigit():
        return given
    try:
        return [int(side) for side in given.split(",")]
    except ValueError:
        raise Invalid(f"--box: {given!r} is no box; give LEFT,TOP,RIGHT,BOTTOM in pixels.") from None


def _place(box: dict[str, int]) -> str:
    return f"({box['xmin']}, {box['ymin']}, {box['xmax']}, {box['ymax']})"


def _print(rows: list[dict[str, Any]], json: bool, line: Any) -> None:
    for row in rows:
        typer.echo(json_module.dumps(row, ensure_ascii=False) if json else line(row))
