"""The history of the tables leads to the tables as they are declared now, on both engines."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import openhearth.rooms  # noqa: F401  (every room's tables join the metadata by being imported)
from openhearth.db import Database, metadata
from openhearth.db.migrate import EMPTY_HUB, newest_revision, run_revisions, statements_of


@pytest.mark.both_engines
def test_a_migrated_database_has_exactly_the_declared_tables(empty_database: Database) -> None:
    empty_database.migrate()
    with empty_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest_revision()
    empty_database.migrate()  # a second start has nothing to do


def test_an_empty_sqlite_file_gets_at_once_what_all_revisions_lead_to(tmp_path: Path) -> None:
    stepwise, at_once = Database.in_folder(tmp_path / "stepwise"), Database.in_folder(tmp_path / "at_once")
    with stepwise.write() as connection:
        run_revisions(connection)
    at_once.migrate()
    with stepwise.engine.connect() as connection:
        led_to = statements_of(connection)
    with at_once.engine.connect() as connection:
        assert sorted(statements_of(connection).split("\n\n")) == sorted(led_to.split("\n\n"))
    assert EMPTY_HUB.read_text() == led_to, "run: python -m openhearth.db.migrations"
