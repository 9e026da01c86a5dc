"""`openhearth serve`: its options. The hub is imported when it is to run, and not for `--help`."""

from __future__ import annotations

import gc
from pathlib import Path

import typer

from openhearth.config import load_settings


def serve(
    host: str = typer.Option(None, help="The address to listen on. Default: 127.0.0.1."),
    port: int = typer.Option(None, help="The port to listen on. Default: 8600."),
    data: Path = typer.Option(None, help="The folder that holds everything the hub stores."),
    workers: int = typer.Option(None, min=1, help="How many processes share the port."),
    starter: bool = typer.Option(
        False, "--starter", help="Add the starter models while the hub already answers."
    ),
) -> None:
    """Run the hub."""
    settings = load_settings(host=host, port=port, data=data, workers=workers)
    gc.disable()  # as the command line does for its own imports
    from openhearth.cli.serving import run_hub

    gc.enable()
    gc.freeze()  # what was imported stays: building the hub needs not look at it again
    run_hub(settings, starter=starter)
