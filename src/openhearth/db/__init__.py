"""Rows: the engine, transactions and column types. Knows no table of its own; rooms declare theirs on `metadata`."""

from openhearth.db.engine import Database, Duplicate
from openhearth.db.inserts import insert_into
from openhearth.db.schema import UtcDateTime, metadata
from openhearth.db.unchanged import Unchanged

__all__ = ["Database", "Duplicate", "Unchanged", "UtcDateTime", "insert_into", "metadata"]
