"""The command line. Each command is one module, imported only when it runs: `--help` answers at once."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

# Name → (module, attribute, one line). The attribute is a Typer app or a plain command function.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "serve": ("openhearth.cli.serve", "serve", "Run the hub."),
    "starter": (
        "openhearth.cli.starter",
        "starter",
        "Install small real models and data sets to begin with.",
    ),
    "run": ("openhearth.cli.run", "run", "Call a model once."),
    "album": (
        "openhearth.cli.album",
        "app",
        "Name a face once, find it again in folders of photos.",
    ),
    "tasks": ("openhearth.cli.tasks", "tasks", "What can be done, and by which model of this machine."),
    "notes": ("openhearth.cli.notes", "notes", "What was warned of in earlier runs, in plain words."),
    "admin": ("openhearth.cli.admin", "admin", "Accounts, tokens and storage of a data folder."),
    "doctor": ("openhearth.cli.doctor", "doctor", "Say what this machine can do, and what is missing."),
}


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and imports one only to run it or to print its own help."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, summary = COMMANDS[cmd_name]
        if cmd_name not in _words_typed(ctx):
            return TyperCommand(cmd_name, short_help=summary)
        gc.disable()  # imports make many objects and no garbage: a seventh of their time went into looking for it
        target = getattr(import_module(module), attribute)
        gc.enable()
        if not isinstance(target, typer.Typer):
            function, target = target, typer.Typer(add_completion=False, rich_markup_mode=None)
            target.command(cmd_name)(function)
        return get_command(target)


def _words_typed(ctx: Any) -> list[str]:
    """The words of the command line; of the one that a shell asks to complete, where it does."""
    if not ctx.resilient_parsing:
        return sys.argv
    return (os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS") or "").split()


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing Rich for it takes longer than all the rest
    help="The open, self-hosted home for models, datasets and apps.",
)


@app.callback(invoke_without_command=True)
def _options(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    if version:
        from openhearth import __version__

        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line. What a person or their machine refuses is one sentence on stderr and exit code 1, never a trace."""
    from openhearth.cli.printable import printable
    from openhearth.errors import HubError

    try:
        app()
    except HubError as error:
        typer.echo(printable(f"openhearth: {error.message}"), err=True)
        for note in getattr(error, "__notes__", ()):  # earlier warnings that may have to do with it
            typer.echo(printable(note), err=True)
        sys.exit(1)
    except OSError as error:
        # What is still to be written would fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        where = f" ({error.filename})" if error.filename else ""
        typer.echo(printable(f"openhearth: {error.strerror or error}{where}"), err=True)
        sys.exit(1)
