"""Connections and transactions on SQLite (WAL) or Postgres.

`read()` gives a connection without a transaction: each statement sees the newest committed state.
`write()` gives one transaction that commits when the block ends and rolls back when it raises. On SQLite it
takes the write lock at once (BEGIN IMMEDIATE), so that a transaction never fails half-way for want of it; on
Postgres it takes an advisory lock in the same place. So on both engines whoever writes sees everything written
before, and what was read in a transaction still holds when it commits.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, OperationalError

from openhearth.db.migrate import migrate
from openhearth.db.schema import metadata
from openhearth.errors import Invalid, Unsupported

# Readers of SQLite are kept open: preparing one and giving it back costs more than most statements.
_SQLITE_READERS_KEPT = 16
# A server process opens at most so many connections to Postgres, which gives out a hundred unless told otherwise.
_POSTGRES_WRITERS = 4
_POSTGRES_READERS = 40  # one for each thread that answers requests
_REMEDY = "write postgresql://name:password@host/database."
_ONE_WRITER = "SELECT pg_advisory_xact_lock(8600)"


class Duplicate(Exception):
    """A row with this key exists already (or one it refers to does not). Rooms turn it into their own refusal."""


class Database:
    def __init__(self, url: str) -> None:
        """`url`: `sqlite:///path` or `postgresql://…`. Raises Invalid for any other, Unsupported without its driver."""
        self._idle: deque[Connection] = deque()
        self._watching = Lock()
        self.url = url
        self._idle_most = _SQLITE_READERS_KEPT if self.is_sqlite else 0
        if self.is_sqlite:
            self._engine, self._reader = _sqlite_engines(self.url)
        else:
            self._engine, self._reader = _postgres_engines(self.url)

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
        except BaseException as error:
            connection.close()  # whatever went wrong, the next reader does not inherit it
            if isinstance(error, DataError):
                raise _not_storable(error) from error
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
        """Raises Duplicate where the block breaks a unique or foreign key, Invalid for a value no column takes."""
        try:
            with self._engine.begin() as connection:
                if not self.is_sqlite:
                    connection.exec_driver_sql(_ONE_WRITER)
                yield connection
        except IntegrityError as error:
            raise Duplicate(str(error.orig)) from error
        except DataError as error:
            raise _not_storable(error) from error

    def create_missing_tables(self) -> None:
        """Make the tables that are declared now, without a history: for tests of one room."""
        metadata.create_all(self._engine)

    def migrate(self) -> None:
        """Bring the tables to the newest revision. Raises Invalid if the Postgres server does not let us in."""
        try:
            migrate(self)
        except OperationalError as error:
            if self.is_sqlite:
                raise
            raise Invalid(f"database_url: Postgres cannot be reached ({_first_line(error)}).") from None

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


def _postgres_engines(url: str) -> tuple[Engine, Engine]:
    """A writer and a reader without transactions; each with its own pool, so that waiting writers stop no reader."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise Invalid(f"database_url: {url.partition(':')[0]} is no database we know; {_REMEDY}")
    try:
        address = sa.make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise Invalid(f"database_url: cannot be read as an address; {_REMEDY}") from None
    if find_spec("psycopg") is None:
        raise Unsupported("database_url: Postgres needs its driver; run: pip install 'openhearth[postgres]'")
    options: dict[str, Any] = {
        "pool_pre_ping": True,
        "pool_timeout": 60,
        # Else SQLAlchemy tells the count of INSERTs on SQLite only, and here -1, which is true.
        "execution_options": {"preserve_rowcount": True},
    }
    writer = sa.create_engine(address, pool_size=_POSTGRES_WRITERS, max_overflow=0, **options)
    reader = sa.create_engine(
        address, pool_size=8, max_overflow=_POSTGRES_READERS - 8, isolation_level="AUTOCOMMIT", **options
    )
    return writer, reader


def _not_storable(error: DataError) -> Invalid:
    """SQLite takes any text and number; Postgres no NUL, and nothing longer or larger than was declared."""
    return Invalid(
        f"A value cannot be kept in the database ({_first_line(error)}); shorten it or take NUL characters out."
    )


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
