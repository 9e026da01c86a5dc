"""Write the next revision by comparing the rooms' tables with a fresh database at the newest one."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from alembic import command

from openhearth.db.engine import Database
from openhearth.db.migrate import VERSIONS, alembic_config, migrate


def main() -> None:
    import_module("openhearth.rooms")  # every room's tables join the metadata by being imported
    number = len(list(VERSIONS.glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database.in_folder(Path(folder))
        migrate(database)
        with database.engine.connect() as connection:
            command.revision(
                alembic_config(connection), message=sys.argv[1], autogenerate=True, rev_id=f"{number:04d}"
            )


main()
