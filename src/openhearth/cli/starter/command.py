"""`openhearth starter`: install small real models and data sets to begin with."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from openhearth.cli.starter.console import show_progress
from openhearth.cli.starter.recipes import all_recipes
from openhearth.config import load_settings


def starter(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which ones; none: all but the optional ones.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show what there is, and stop.")] = False,
    endpoint: Annotated[str | None, typer.Option(help="The hub to install on.")] = None,
    token: Annotated[
        str | None, typer.Option(help="A token that may write to the organisation starter.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Convert and publish again what is there.")] = False,
    cache: Annotated[Path | None, typer.Option(help="Where downloads are kept.")] = None,
) -> None:
    """Install small real models and data sets as repos of the organisation `starter`."""
    console = Console()
    if list_:
        console.print(_table())
        return
    from openhearth.cli.starter.install import (
        install_starter,  # the stock client, which no list or help needs
    )

    settings = load_settings(endpoint=endpoint, token=token)
    with show_progress(console) as report:
        outcomes = install_starter(
            names or [],
            endpoint=settings.endpoint,
            token=settings.token or _client_token(),
            cache=cache,
            force=force,
            report=report,
        )
    if any(outcome.status == "failed" for outcome in outcomes):
        raise typer.Exit(1)


def _client_token() -> str | None:
    """The token that `hf auth login` or HF_TOKEN left for the stock client."""
    from huggingface_hub import get_token

    return get_token()


def _table() -> Table:
    table = Table("name", "kind", "what it is", "licence", box=None)
    for recipe in all_recipes():
        kind = f"private {recipe.repo_type}" if recipe.private else recipe.repo_type
        kind += ", optional" if recipe.optional else ""
        table.add_row(recipe.name, kind, recipe.card.summary, recipe.card.license)
    return table
