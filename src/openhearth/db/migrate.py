"""Bringing the tables of a data folder to the newest revision.

Alembic is imported only when a revision is to run: a start with nothing to do costs one query. An empty SQLite
file gets what all revisions would leave in it at once, which spares a first start their work and Alembic's memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

if TYPE_CHECKING:
    from alembic.config import Config

    from openhearth.db.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = MIGRATIONS / "versions"
# What the revisions leave in an empty SQLite file: its statements with blank lines between. See `migrations/`.
EMPTY_HUB = MIGRATIONS / "empty_hub.sql"


def newest_revision() -> str | None:
    """Revisions are numbered files: `0001_first.py`, `0002_….py`."""
    return max((path.name[:4] for path in VERSIONS.glob("[0-9]*.py")), default=None)


def migrate(database: Database) -> None:
    """Upgrade to the newest revision, in one transaction; two processes starting at once take turns."""
    newest = newest_revision()
    with database.read() as connection:
        if newest is None or _revision_of(connection) == newest:
            return
    with database.write() as connection:
        if database.is_sqlite and not sa.inspect(connection).get_table_names():
            for statement in EMPTY_HUB.read_text().split("\n\n"):
                connection.exec_driver_sql(statement)
        if _revision_of(connection) != newest:
            run_revisions(connection)


def run_revisions(connection: Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def statements_of(connection: Connection) -> str:
    """The statements that would make this SQLite database anew, with blank lines between."""
    driver: Any = connection.connection.driver_connection
    _begin, *statements, _commit = driver.iterdump()
    return "\n\n".join(statement.removesuffix(";").rstrip() for statement in statements)


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
