"""INSERTs that may meet rows that exist: said the same way in both dialects, which SQLAlchemy keeps apart."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection


def insert_into(connection: Connection, table: sa.Table) -> Any:
    """An INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, in the dialect of `connection`."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import (
            postgresql,  # a fifth of a second, which an embedded hub need not spend
        )

        return postgresql.insert(table)
    return sqlite.insert(table)
