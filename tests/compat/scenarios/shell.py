"""`hf …` inside this process: what its entry point runs, without a second's start for each command."""

from __future__ import annotations

import json
from typing import Any

import click
from click.testing import CliRunner
from huggingface_hub.cli.hf import app


def hf(*words: str, stdin: str | None = None) -> str:
    """Run a command and return what it printed; its errors rise as it raised them."""
    done = CliRunner().invoke(app, list(words), input=stdin)
    if done.exception is not None and not (isinstance(done.exception, SystemExit) and done.exit_code == 0):
        if isinstance(done.exception, SystemExit):
            raise AssertionError(f"hf {' '.join(words)} ended with {done.exit_code}: {done.output[-600:]}")
        raise done.exception
    return str(done.output)


def hf_json(*words: str, stdin: str | None = None) -> Any:
    """Run a command with `--format json`; None if it printed nothing."""
    done = CliRunner().invoke(app, [*words, "--format", "json"], input=stdin)
    if done.exception is not None and not (isinstance(done.exception, SystemExit) and done.exit_code == 0):
        if isinstance(done.exception, SystemExit):
            raise AssertionError(f"hf {' '.join(words)} ended with {done.exit_code}: {done.output[-600:]}")
        raise done.exception
    return json.loads(done.stdout) if done.stdout.strip() else None


def all_commands() -> list[str]:
    """Every command, under its first name, as `repos tag create`."""
    found: list[str] = []

    def walk(command: Any, words: tuple[str, ...], parent: click.Context | None) -> None:
        context = click.Context(command, parent=parent, info_name=words[-1] if words else "hf")
        if not hasattr(command, "list_commands"):
            found.append(" ".join(words))
            return
        for name in command.list_commands(context):
            walk(command.get_command(context, name), (*words, name), context)

    walk(app, (), None)
    return found
