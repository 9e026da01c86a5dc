"""Bringing the tables of a data folder to the newest revision.

Alembic is imported only when there is something to do: a start with nothing to do costs one query.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

if TYPE_CHECKING:
    from alembic.config import Config

    from openhearth.db.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = MIGRATIONS / "versions"


def newest_revision() -> str | None:
    """Revisions are numbered files: `0001_first.py`, `0002_….py`."""
    return max((path.name[:4] for path in VERSIONS.glob("[0-9]*.py")), default=None)


def migrate(database: Database) -> None:
    """Upgrade to the newest revision, in one transaction; two processes starting at once take turns."""
    newest = newest_revision()
    with database.read() as connection:
        if newest is None or _revision_of(connection) == newest:
            return
    from alembic import command

    with database.write() as connection:
        if _revision_of(connection) != newest:
            command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _revision_of(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return revision
