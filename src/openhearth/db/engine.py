"""Connections and transactions on SQLite (WAL) or Postgres.

`read()` gives a connection without a transaction: each statement sees the newest committed state.
`write()` gives one transaction that commits when the block ends and rolls back when it raises. On SQLite it
takes the write lock at once (BEGIN IMMEDIATE), so that a transaction never fails half-way for want of it.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from openhearth.db.migrate import migrate
from openhearth.db.schema import metadata

# Readers of SQLite are kept open: preparing one and giving it back costs more than most statements.
_SQLITE_READERS_KEPT = 16


class Duplicate(Exception):
    """A row with this key exists already (or one it refers to does not). Rooms turn it into their own refusal."""


class Database:
    def __init__(self, url: str) -> None:
        """`url`: `sqlite:///path` or `postgresql://…`."""
        self._idle: deque[Connection] = deque()
        self._watching = Lock()
        self.url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self._idle_most = _SQLITE_READERS_KEPT if self.is_sqlite else 0
        if self.is_sqlite:
            self._engine, self._reader = _sqlite_engines(self.url)
        else:
            self._engine = sa.create_engine(self.url, pool_pre_ping=True)
            self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @classmethod
    def in_folder(cls, folder: Path) -> "Database":
        folder.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{folder / 'openhearth.db'}")

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._reader.connect()
        try:
            yield connection
        except BaseException:
            connection.close()  # whatever went wrong, the next reader does not inherit it
            raise
        if len(self._idle) < self._idle_most:
            self._idle.append(connection)
        else:
            connection.close()

    def version(self) -> int | None:
        """A number that another commit, by whatever process, changes; None where the database offers none."""
        if not self.is_sqlite:
            return None
        with self._watching:  # a statement still open in another thread would hold the answer in the past
            found: int = self._watch.execute("PRAGMA data_version").fetchall()[0][0]
        return found

    @cached_property
    def _watch(self) -> Any:
        """A connection of the driver that only watches the others: the count leaves out a connection's own commits."""
        borrowed = self._reader.raw_connection()
        connection = borrowed.driver_connection
        borrowed.detach()
        return connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Raises Duplicate where the block breaks a unique or foreign key."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError as error:
            raise Duplicate(str(error.orig)) from error

    def create_missing_tables(self) -> None:
        """Make the tables that are declared now, without a history: for tests of one room."""
        metadata.create_all(self._engine)

    def migrate(self) -> None:
        """Bring the tables to the newest revision."""
        migrate(self)

    @property
    def engine(self) -> Engine:
        return self._engine

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
        if "_watch" in self.__dict__:
            self._watch.close()
        self._engine.dispose()
        self._reader.dispose()


def _sqlite_engines(url: str) -> tuple[Engine, Engine]:
    """A writer whose transactions take the lock at once, and a reader without transactions, each with its own pool."""
    options: dict[str, Any] = {"connect_args": {"timeout": 60, "check_same_thread": False}}
    writer = sa.create_engine(url, pool_size=4, max_overflow=60, **options)
    reader = sa.create_engine(url, pool_size=16, max_overflow=64, isolation_level="AUTOCOMMIT", **options)

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the writer begins transactions itself, below
        cursor = connection.cursor()
        # FULL: a commit is on disk before we answer. The cache keeps hot pages of a large hub in memory.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16384"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    for engine in (writer, reader):
        sa.event.listen(engine, "connect", prepare)
    sa.event.listen(writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return writer, reader
