"""What both engines promise to whoever reads and writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from openhearth.db import Database, Duplicate, insert_into

pytestmark = pytest.mark.both_engines

_INGOTS = sa.Table(
    "ingots",
    sa.MetaData(),
    sa.Column("name", sa.String(8), primary_key=True),
    sa.Column("weight", sa.Integer, nullable=False),
)


@pytest.fixture
def db(empty_database: Database) -> Database:
    _INGOTS.create(empty_database.engine)
    return empty_database


def _weigh(db: Database, name: str) -> int | None:
    with db.read() as rows:
        return rows.execute(sa.select(_INGOTS.c.weight).where(_INGOTS.c.name == name)).scalar()


def test_what_was_read_in_a_transaction_still_holds_when_it_commits(db: Database) -> None:
    with db.write() as rows:
        rows.execute(sa.insert(_INGOTS).values(name="one", weight=0))

    def add(_turn: int) -> None:
        with db.write() as rows:
            weight = rows.execute(sa.select(_INGOTS.c.weight)).scalar_one()
            rows.execute(sa.update(_INGOTS).values(weight=weight + 1))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(80)))
    assert _weigh(db, "one") == 80


def test_a_reader_sees_what_was_committed_meanwhile_and_nothing_else(db: Database) -> None:
    with db.read() as rows:
        count = sa.select(sa.func.count()).select_from(_INGOTS)
        assert rows.execute(count).scalar_one() == 0
        with db.write() as writer:
            writer.execute(sa.insert(_INGOTS).values(name="one", weight=1))
            assert rows.execute(count).scalar_one() == 0
        assert rows.execute(count).scalar_one() == 1


def test_a_key_that_is_taken_undoes_all_of_the_transaction(db: Database) -> None:
    with db.write() as rows:
        rows.execute(sa.insert(_INGOTS).values(name="one", weight=1))
    with pytest.raises(Duplicate), db.write() as rows:
        rows.execute(sa.insert(_INGOTS).values(name="two", weight=2))
        rows.execute(sa.insert(_INGOTS).values(name="one", weight=2))
    assert (_weigh(db, "one"), _weigh(db, "two")) == (1, None)


def test_an_insert_that_met_a_row_says_so(db: Database) -> None:
    with db.write() as rows:
        insert = insert_into(rows, _INGOTS).on_conflict_do_nothing()
        assert [rows.execute(insert, {"name": "one", "weight": n}).rowcount for n in (1, 2)] == [1, 0]
        change = insert_into(rows, _INGOTS).values(name="one", weight=3)
        change = change.on_conflict_do_update(
            index_elements=["name"], set_={"weight": change.excluded.weight}
        )
        assert rows.execute(change).rowcount == 1
    assert _weigh(db, "one") == 3


def test_more_readers_than_the_pool_keeps_are_served(db: Database) -> None:
    with ThreadPoolExecutor(32) as threads:
        assert list(threads.map(lambda _turn: _weigh(db, "none"), range(200))) == [None] * 200
