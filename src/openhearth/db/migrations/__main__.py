"""Write the next revision by comparing the rooms' tables with a fresh database; without a message, `empty_hub.sql`."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from alembic import command

from openhearth.db.engine import Database
from openhearth.db.migrate import EMPTY_HUB, VERSIONS, alembic_config, run_revisions, statements_of


def main() -> None:
    import_module("openhearth.rooms")  # every room's tables join the metadata by being imported
    number = len(list(VERSIONS.glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database.in_folder(Path(folder))
        with database.write() as connection:
            run_revisions(connection)
        with database.engine.connect() as connection:
            if len(sys.argv) == 1:
                EMPTY_HUB.write_text(statements_of(connection))
                return
            command.revision(
                alembic_config(connection), message=sys.argv[1], autogenerate=True, rev_id=f"{number:04d}"
            )


main()
