"""What only Postgres does: values it refuses, and addresses that lead nowhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from openhearth.db import Database
from openhearth.errors import Invalid
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgres
_INGOTS = sa.Table("ingots", sa.MetaData(), sa.Column("name", sa.String(8)), sa.Column("weight", sa.Integer))


@pytest.fixture
def db(postgres: PostgresServer) -> Iterator[Database]:
    database = Database(postgres.new_url())
    _INGOTS.create(database.engine)
    yield database
    database.close()


@pytest.mark.parametrize(
    "values", [{"name": "in\0got"}, {"name": "longer than eight"}, {"weight": 2**31}], ids=str
)
def test_a_value_no_column_takes_is_refused_with_a_sentence(db: Database, values: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="cannot be kept in the database"), db.write() as rows:
        rows.execute(sa.insert(_INGOTS).values(**values))


def test_a_question_that_cannot_be_asked_is_refused_with_a_sentence(db: Database) -> None:
    with pytest.raises(Invalid, match="NUL"), db.read() as rows:
        rows.execute(sa.select(_INGOTS).where(_INGOTS.c.name == "in\0got"))


def test_two_processes_that_start_at_once_make_the_tables_once(postgres: PostgresServer) -> None:
    program = "import sys; from openhearth.db import Database; Database(sys.argv[1]).migrate()"
    url = postgres.new_url()
    both = [subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate(timeout=60)[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], said


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://ada:secret@127.0.0.1:1/hub", "database_url: Postgres cannot be reached .*refused"),
        ("postgresql://ada:secret@127.0.0.1:port/hub", "database_url: cannot be read as an address"),
        ("mysql://ada:secret@127.0.0.1/hub", "database_url: mysql is no database we know"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_sentence(tmp_path: Path, url: str, sentence: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openhearth", "admin", "user", "list", "--data", str(tmp_path)],
        env={**os.environ, "OPENHEARTH_DATABASE_URL": url}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert re.fullmatch(f"openhearth: {sentence}.*\n", done.stderr)
    assert "secret" not in done.stderr
