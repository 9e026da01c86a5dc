"""The history of the tables leads to the tables as they are declared now, on both engines."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import openhearth.rooms  # noqa: F401  (every room's tables join the metadata by being imported)
from openhearth.db import Database, metadata
from openhearth.db.migrate import newest_revision


@pytest.mark.both_engines
def test_a_migrated_database_has_exactly_the_declared_tables(empty_database: Database) -> None:
    empty_database.migrate()
    with empty_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest_revision()
    empty_database.migrate()  # a second start has nothing to do
