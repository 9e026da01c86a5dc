"""Write `docs/reference/` from the code, or check that it is fresh (`--check`, part of `make check`)."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from starlette.routing import Route

from openhearth.config import Settings
from openhearth.errors import HubError

FOLDER = Path(__file__).parents[3] / "docs" / "reference"
NOTICE = "<!-- Written by `make docs` from the code; edit the code instead. -->\n"


def settings_page() -> str:
    lines = [
        "# Settings",
        "",
        "Each is an environment variable, a line in `openhearth.toml` in the data folder, and where it makes sense a flag.",
        "",
        "| setting | environment | default | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for setting in fields(Settings):
        default = (
            "the user data folder of the platform" if setting.name == "data" else f"`{setting.default!r}`"
        )
        lines.append(
            f"| `{setting.name}` | `OPENHEARTH_{setting.name.upper()}` | {default} | {setting.metadata['help']} |"
        )
    return "\n".join(lines)


def errors_page() -> str:
    lines = [
        "# Errors",
        "",
        "Every refusal carries its status, `X-Error-Message`, where clients know one `X-Error-Code`, and a JSON body with `error`.",
        "",
        "| error | status | code | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for kind in _descendants(HubError):
        about = (kind.__doc__ or "").strip().splitlines()
        lines.append(
            f"| `{kind.__name__}` | {kind.status} | {f'`{kind.code}`' if kind.code else ''} | {about[0] if about else ''} |"
        )
    return "\n".join(lines)


def commands_page() -> str:
    from openhearth.cli import COMMANDS

    lines = ["# Commands", ""]
    for name, (module, attribute, summary) in COMMANDS.items():
        target = getattr(import_module(module), attribute)
        if not isinstance(target, typer.Typer):
            function, target = target, typer.Typer(add_completion=False)
            target.command(name)(function)
        for words, command in _leaves(typer.main.get_command(target), (name,)):
            about = (command.help or summary).strip().splitlines()[0]
            lines += [f"## openhearth {' '.join(words)}", "", about, "", *_parameters(command), ""]
    return "\n".join(lines).rstrip()


def routes_page() -> str:
    from openhearth.app import app_of
    from openhearth.rooms import build_hub

    with tempfile.TemporaryDirectory() as folder:
        hub = build_hub(Settings(data=Path(folder)))
        routes = [route for route in app_of(hub).router.routes if isinstance(route, Route)]
        hub.ground.db.close()
    lines = [
        "# Routes",
        "",
        "Parameters stand in braces; `…:rest` may hold slashes.",
        "",
        "| method | path | answer |",
        "| --- | --- | --- |",
    ]
    rows = set()
    for route in routes:
        about = (getattr(route.endpoint, "__doc__", None) or "").strip().splitlines()
        methods = ", ".join(sorted(set(route.methods or ()) - {"HEAD"}))
        rows.add((route.path, methods, about[0] if about else ""))
    lines += [f"| {methods} | `{path}` | {about} |" for path, methods, about in sorted(rows)]
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "errors.md": errors_page,
    "commands.md": commands_page,
    "routes.md": routes_page,
}


def _descendants(kind: type[HubError]) -> Iterator[type[HubError]]:
    for child in sorted(kind.__subclasses__(), key=lambda found: (found.status, found.__name__)):
        if child.__module__ == "openhearth.errors":
            yield child
            yield from _descendants(child)


def _leaves(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    children = getattr(command, "commands", None)
    if not children:
        yield words, command
        return
    for name, child in children.items():
        yield from _leaves(child, (*words, name))


def _parameters(command: Any) -> list[str]:
    rows = []
    for parameter in command.params:
        names = ", ".join(
            f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts) if name != "--help"
        )
        if names:
            rows.append(f"- {names}: {getattr(parameter, 'help', None) or parameter.name}")
    return rows


def main() -> None:
    """Write the pages; with `--check` only compare, and fail naming the stale ones."""
    check = "--check" in sys.argv
    stale = []
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, build in PAGES.items():
        text = NOTICE + build() + "\n"
        path = FOLDER / name
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text)
    if check and stale:
        sys.exit(f"docs/reference is stale: {', '.join(stale)}; run `make docs`.")


if __name__ == "__main__":
    main()
