"""`openhearth album`: name a face once, find it again in folders of photos. All of it stays on this machine."""

import json as json_module
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from openhearth.cli.album_on_hub import open_hub_album
from openhearth.errors import Invalid
from openhearth.pipelines.machine import prepare_environment


class _Folders(TyperGroup):
    """`openhearth album FOLDER …` is `openhearth album who FOLDER …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        is_folder = bool(args) and not args[0].startswith("-") and args[0] not in self.commands
        return super().parse_args(ctx, ["who", *args] if is_folder else args)


app = typer.Typer(
    cls=_Folders,
    add_completion=False, no_args_is_help=True, rich_markup_mode=None,
    help="Name a face once, find it again in folders of photos. All of it stays on this machine.",
)  # fmt: skip

Name = Annotated[str, typer.Argument(help="The person's name.")]
Folder = Annotated[
    str, typer.Argument(help="A folder of photos, a photo, or an album of the hub: hf://datasets/me/photos.")
]
Photo = Annotated[
    str,
    typer.Argument(
        help="The path or link of a photo, or one of an album of the hub: hf://datasets/me/photos/a.jpg."
    ),
]
Box = Annotated[
    str | None,
    typer.Option(help="Which face, where there are several: LEFT,TOP,RIGHT,BOTTOM in pixels, or largest."),
]
Model = Annotated[str | None, typer.Option(help="A model of faces; none: the one that is here.")]
GROUPS_SHOWN = 20
Json = Annotated[bool, typer.Option("--json", help="Print lines of JSON.")]


@app.command()
def tag(name: Name, photo: Photo, box: Box = None, model: Model = None, json: Json = False) -> None:
    """Say whose face is on a photo."""
    chosen = _read_box(box)
    said = (open_hub_album(photo) or _open(model)).tag(name, photo, box=chosen)
    _print([said], json, lambda row: f"{row['name']} is tagged on {row['photo']} at {_place(row['box'])}.")


@app.command()
def find(
    name: Name,
    folder: Folder,
    threshold: Annotated[float, typer.Option(min=0, max=1, help="How like a tagged face it must be.")] = 0.5,
    top_k: Annotated[int | None, typer.Option("--top", min=1, help="Only the best so many.")] = None,
    model: Model = None,
    json: Json = False,
) -> None:
    """List the photos that show somebody, best first. NAME may be a sentence that speaks of them."""
    album = open_hub_album(folder) or _open(model)
    with _going_on():
        rows = album.find(name, in_=folder, threshold=threshold, top_k=top_k)
    _print(rows, json, lambda row: f"{row['score']:.2f}  {row.get('path', folder)}  {_place(row['box'])}")
    _say_skipped(album)
    if not rows:
        typer.echo(f"Nobody like that is in {folder}.", err=True)


@app.command()
def who(
    folder: Folder,
    find_: Annotated[str | None, typer.Option("--find", help="Only the photos of this person.")] = None,
    model: Model = None,
    json: Json = False,
) -> None:
    """Say who is in a folder: how often those with a name, and the faces of people who have none yet."""
    if find_ is not None:
        find(find_, folder, model=model, json=json)
        return
    album = open_hub_album(folder) or _open(model)
    with _going_on():
        groups = album.unnamed(folder)
    people = album.count_people(folder)
    if json:
        typer.echo(json_module.dumps({"people": people, "unnamed": groups}, ensure_ascii=False))
        return
    for name, photos in people.items():
        typer.echo(f"{name}: {_count(photos, 'photo')}")
    for group in groups[:GROUPS_SHOWN]:
        typer.echo(f"{_count(group['count'], 'face')} of somebody not named yet: who is it?")
        for row in group["faces"][:3]:
            typer.echo(f"    openhearth album tag NAME {shlex.quote(row['path'])} --box {_sides(row['box'])}")
    _say_skipped(album)


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
    said = (open_hub_album(photo) or _open(model)).not_this(name, photo, box=chosen)
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


@contextmanager
def _going_on() -> Iterator[None]:
    """Whoever presses Ctrl-C is told that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(
            "Stopped. Photos that were looked at are remembered; the next search goes on from there.",
            err=True,
        )
        raise typer.Exit(130) from None


def _say_skipped(album: Any) -> None:
    for path, reason in album.skipped:
        typer.echo(f"left out {path}: {reason}", err=True)


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


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _sides(box: dict[str, int]) -> str:
    return f"{box['xmin']},{box['ymin']},{box['xmax']},{box['ymax']}"


def _print(rows: list[dict[str, Any]], json: bool, line: Any) -> None:
    for row in rows:
        typer.echo(json_module.dumps(row, ensure_ascii=False) if json else line(row))
