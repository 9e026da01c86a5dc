"""`openhearth admin quota | gc | backup | restore | verify | reindex`: care for a data folder, also while its server runs."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openhearth.config import load_settings
from openhearth.errors import Invalid

if TYPE_CHECKING:
    from openhearth.rooms import Hub

Data = Annotated[Path | None, typer.Option("--data", help="The data folder. Default: OPENHEARTH_DATA.")]
MIB = 1 << 20
GB = 10**9


def quota(
    name: Annotated[str, typer.Argument(help="A user or an organisation.")],
    gb: Annotated[
        str,
        typer.Argument(help="How many GB it may store; 0: no limit, default: as OPENHEARTH_QUOTA_GB says."),
    ] = "",
    data: Data = None,
) -> None:
    """Say how much a namespace stores, and set how much it may."""
    hub = _open_hub(data)
    holder = hub.accounts.find_namespace(name)
    if holder is None:
        raise Invalid(f"{name!r} is neither a user nor an organisation of this hub.")
    if gb:
        hub.repos.quotas.set_limit(holder.name, None if gb == "default" else _read_gb(gb))
    usage = hub.repos.quotas.get_usage(holder.name)
    limit = f"{usage.limit_bytes / GB:,.3f} GB" if usage.limit_bytes else "any amount"
    typer.echo(f"{holder.name} stores {usage.used_bytes / GB:,.3f} GB and may store {limit}.")


def _read_gb(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid(f"{text!r} is no number of GB; give one, or `default`.") from None


def gc(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    data: Data = None,
) -> None:
    """Delete large files that nothing refers to any more and nobody has used for a month."""
    hub = _open_hub(data)
    xorbs = hub.ground.storage.xet.collect(dry_run=dry_run)
    objects = hub.ground.storage.lfs.collect(dry_run=dry_run)
    verb = "Would free" if dry_run else "Freed"
    typer.echo(
        f"{verb} {xorbs.size_bytes / MIB:,.1f} MiB in {xorbs.xorbs} xorbs "
        f"and {objects.size_bytes / MIB:,.1f} MiB in {objects.count} whole files."
    )


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write (a .tar).")], data: Data = None
) -> None:
    """Write everything the hub stores into one archive, while it goes on serving."""
    from openhearth.storage.snapshot import write_snapshot

    settings = load_settings(data=data)
    written = write_snapshot(settings.data, database_url=settings.database_url, target=file)
    typer.echo(f"Wrote {written / MIB:,.1f} MiB to {file}.")


def restore(
    file: Annotated[Path, typer.Argument(help="An archive written by backup.")], data: Data = None
) -> None:
    """Unpack an archive into an empty data folder."""
    from openhearth.storage.snapshot import restore_snapshot

    folder = load_settings(data=data).data
    restore_snapshot(file, folder)
    typer.echo(f"Restored {file} into {folder}. Start it with: openhearth serve --data {folder}")


def verify(data: Data = None) -> None:
    """Read every stored byte again and compare it with its hash."""
    hub = _open_hub(data)
    problems = list(_problems(hub))
    for problem in problems:
        typer.echo(problem, err=True)
    typer.echo(f"{len(problems)} problems found." if problems else "Every stored byte is what it was.")
    if problems:
        raise typer.Exit(1)


def reindex(data: Data = None) -> None:
    """Read the facts of every repo (card, tags, tensors, sizes) from its files again."""
    hub = _open_hub(data)
    count = 0
    for path in _repositories(hub.ground.settings.data):
        hub.repos.facts.reindex(path.stem)
        count += 1
    typer.echo(f"Read the facts of {count} repos again.")


def _open_hub(data: Path | None) -> Hub:
    """The whole hub, without its server. Imported late: the rest of `admin` answers sooner without it."""
    from openhearth.rooms import build_hub

    return build_hub(load_settings(data=data))


def _repositories(data: Path) -> Iterator[Path]:
    return (path for path in sorted(data.glob("repos/[0-9a-f][0-9a-f]/*.git")) if path.is_dir())


def _problems(hub: Hub) -> Iterator[str]:
    data = hub.ground.settings.data
    for path in _repositories(data):
        done = subprocess.run(
            ["git", "-C", str(path), "fsck", "--full", "--no-dangling"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            yield f"git repository {path.name}: {(done.stderr or done.stdout).strip()}"
    for name in hub.ground.storage.xet.damaged_xorbs():
        yield f"xorb {name}: is not what its name says; restore it from a backup."
    for path in sorted(data.glob("lfs/[0-9a-f][0-9a-f]/*/*")):
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                yield f"whole file {path.name}: is not what its name says; restore it from a backup."
