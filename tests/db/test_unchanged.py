"""What is remembered of the rows: never older than the question, whoever wrote."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from openhearth.db import Database, Unchanged

_TABLE = sa.Table("things", sa.MetaData(), sa.Column("name", sa.String, primary_key=True))


@pytest.fixture
def db(tmp_path: Path) -> Database:
    database = Database.in_folder(tmp_path)
    _TABLE.create(database.engine)
    return database


def _names(db: Database) -> list[str]:
    with db.read() as rows:
        return list(rows.execute(sa.select(_TABLE.c.name)).scalars())


def test_rows_are_read_once_while_nobody_writes(db: Database) -> None:
    read: list[int] = []

    def look_up() -> int:
        read.append(1)
        return len(_names(db))

    known: Unchanged[str, int] = Unchanged(db)
    assert [known.find("all", look_up) for _ in range(3)] == [0, 0, 0]
    assert len(read) == 1


def test_a_commit_of_this_process_counts_at_once(db: Database) -> None:
    known: Unchanged[str, list[str]] = Unchanged(db)
    assert known.find("all", lambda: _names(db)) == []
    with db.write() as rows:
        rows.execute(sa.insert(_TABLE).values(name="ingot"))
        assert known.find("all", lambda: _names(db)) == []  # not before it is committed
    assert known.find("all", lambda: _names(db)) == ["ingot"]


def test_a_commit_of_another_program_counts_at_once(db: Database, tmp_path: Path) -> None:
    known: Unchanged[str, list[str]] = Unchanged(db)
    assert known.find("all", lambda: _names(db)) == []
    with sqlite3.connect(tmp_path / "openhearth.db") as other:
        other.execute("INSERT INTO things VALUES ('slag')")
    assert known.find("all", lambda: _names(db)) == ["slag"]


def test_what_is_missing_is_remembered_too_and_no_more_than_the_capacity(db: Database) -> None:
    known: Unchanged[int, None] = Unchanged(db, capacity=2)
    for number in (1, 2, 3):
        assert known.find(number, lambda: None) is None
    looked: list[int] = []
    known.find(3, lambda: looked.append(3))
    known.find(1, lambda: looked.append(1))
    assert looked == [1]


def test_threads_that_read_and_write_at_once_never_see_the_past(db: Database) -> None:
    known: Unchanged[str, int] = Unchanged(db)
    written = 0
    stale: list[tuple[int, int]] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            least = written
            found = known.find("count", lambda: len(_names(db)))
            if found < least:
                stale.append((found, least))

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(40):
        with db.write() as rows:
            rows.execute(sa.insert(_TABLE).values(name=str(number)))
        written = number + 1
    stop.set()
    for reader in readers:
        reader.join()
    assert stale == []
    assert known.find("count", lambda: len(_names(db))) == 40


def test_a_reader_that_fails_leaves_nothing_to_the_next(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.read() as rows:
        rows.execute(sa.text("BEGIN"))
        rows.execute(sa.select(_TABLE.c.name)).first()
        raise ZeroDivisionError
    with db.write() as rows:
        rows.execute(sa.insert(_TABLE).values(name="late"))
    assert _names(db) == ["late"]
