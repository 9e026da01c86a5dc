"""`openhearth admin audit`: the log of a data folder, checked and written out, also while its server runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openhearth.config import Settings, load_settings, read_secret
from openhearth.errors import Invalid
from openhearth.kit.clock import utc_now

if TYPE_CHECKING:
    from openhearth.audit import Audit
    from openhearth.db import Database

Data = Annotated[Path | None, typer.Option("--data", help="The data folder. Default: OPENHEARTH_DATA.")]


def verify(
    head: Annotated[
        str, typer.Option(help="A head printed earlier (NUMBER:HASH): it must still be in the log.")
    ] = "",
    data: Data = None,
) -> None:
    """Prove that no entry was changed, taken out or added by another than the hub; print the head."""
    with _open(data) as audit:
        found = audit.verify(head=_read_head(head) if head else None)
    if found.problem:
        raise Invalid(f"The audit log is not as it was written: {found.problem}.")
    typer.echo(f"{found.count} entries, unbroken. Head: {found.last_id}:{found.last_hash}")


def export(
    namespace: Annotated[
        str | None, typer.Option(help="Only what concerns this user or organisation.")
    ] = None,
    data: Data = None,
) -> None:
    """Write the log to standard output, the oldest entry first, one JSON object a line."""
    from openhearth.accounts import OPERATOR
    from openhearth.audit import EntryFilter
    from openhearth.audit.api import json_lines

    with _open(data) as audit:
        found = audit.export(OPERATOR, EntryFilter(namespace=namespace))
        for line in json_lines(found, with_address=True):
            sys.stdout.write(line)


@contextmanager
def _open(data: Path | None) -> Iterator[Audit]:
    settings = load_settings(data=data)
    db = open_database(settings)
    try:
        yield audit_of(settings, db)
    finally:
        db.close()


def open_database(settings: Settings) -> Database:
    from openhearth.db import Database

    db = Database(settings.database_url) if settings.database_url else Database.in_folder(settings.data)
    db.migrate()
    return db


def audit_of(settings: Settings, db: Database) -> Audit:
    from openhearth.audit import Audit

    key = read_secret(settings.data / "secret.key")
    return Audit(db=db, clock=utc_now, secret=key, keep_days=settings.audit_keep_days)


def _read_head(text: str) -> tuple[int, str]:
    number, colon, last_hash = text.partition(":")
    if not (colon and number.isascii() and number.isdecimal() and len(number) < 19):
        raise Invalid(f"--head: {text[:80]!r} is no head; write it as verify prints it, NUMBER:HASH.")
    return int(number), last_hash
