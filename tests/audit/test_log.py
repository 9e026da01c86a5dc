"""The log only grows, its chain holds, and its readers are those who may."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from openhearth.audit import Audit, Entry
from openhearth.audit.tables import audit_log, audit_prunings
from openhearth.db import Database, Duplicate
from openhearth.rooms import Hub
from tests.audit.conftest import Watched

MOMENT = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)


def entry(n: int = 0, **more: object) -> Entry:
    values = {"at": MOMENT + timedelta(days=n), "verdict": "changed", "action": f"test.{n}", **more}
    return Entry(**values)  # type: ignore[arg-type]


@pytest.fixture
def audit(hub: Hub) -> Audit:
    return hub.audit


@pytest.fixture
def db(hub: Hub) -> Database:
    return hub.ground.db


def unguard(db: Database) -> None:
    """Do what somebody with the database in their hands can do."""
    if db.is_sqlite:
        names = ("audit_log_no_update", "audit_log_no_delete", "audit_prunings_no_delete")
        statements = [f"DROP TRIGGER {name}" for name in names]
    else:
        tables = ("audit_log", "audit_prunings")
        statements = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
    with db.write() as rows:
        for statement in statements:
            rows.exec_driver_sql(statement)


def test_an_untouched_log_verifies(audit: Audit) -> None:
    audit.write([entry(n, detail={"ü": "☃"}) for n in range(2500)])
    found = audit.verify()
    assert (found.count, found.last_id, found.problem) == (2500, 2500, "")
    audit.write([entry()])
    assert audit.verify(head=(found.last_id, found.last_hash)).problem == ""


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "change",
    [
        audit_log.update().values(actor_name="eve"),
        audit_log.delete(),
        audit_prunings.update().values(up_to=99),
        audit_prunings.delete(),
    ],
    ids=str,
)
def test_the_database_itself_refuses_to_change_a_line(audit: Audit, db: Database, change: sa.Update) -> None:
    audit.write([entry()])
    with db.write() as rows:
        rows.execute(audit_prunings.insert().values(up_to=0, hash="0" * 64, at=MOMENT, seal="x"))
    with pytest.raises((DBAPIError, Duplicate), match="append-only"), db.write() as rows:
        rows.execute(change)


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "change",
    [
        audit_log.update().where(audit_log.c.id == 2).values(actor_name="eve"),
        audit_log.update().where(audit_log.c.id == 2).values(at=MOMENT),
        audit_log.update().where(audit_log.c.id == 2).values(detail={"a": "b"}),
        audit_log.delete().where(audit_log.c.id == 2),
        audit_log.delete().where(audit_log.c.id == 1),
        audit_prunings.insert().values(up_to=1, hash="0" * 64, at=MOMENT, seal="0" * 64),
    ],
    ids=str,
)
def test_whatever_is_changed_behind_the_hubs_back_is_seen(
    audit: Audit, db: Database, change: sa.Update
) -> None:
    audit.write([entry(n) for n in range(4)])
    unguard(db)
    with db.write() as rows:
        rows.execute(change)
    assert audit.verify().problem


@pytest.mark.both_engines
def test_a_log_cut_short_is_seen_by_a_head_noted_before(audit: Audit, db: Database) -> None:
    audit.write([entry(n) for n in range(4)])
    found = audit.verify()
    unguard(db)
    with db.write() as rows:
        rows.execute(audit_log.delete().where(audit_log.c.id == 4))
    assert audit.verify().problem == ""
    assert "gone" in audit.verify(head=(found.last_id, found.last_hash)).problem


def test_another_hubs_key_does_not_verify(audit: Audit, hub: Hub) -> None:
    audit.write([entry()])
    other = Audit(db=hub.ground.db, clock=hub.ground.clock, secret=b"x" * 32, keep_days=0)
    assert other.verify().problem


@pytest.mark.both_engines
def test_writers_at_once_make_one_chain(audit: Audit) -> None:
    def write() -> None:
        for n in range(10):
            audit.write([entry(n)])

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (audit.verify().count, audit.verify().problem) == (40, "")


@pytest.mark.both_engines
def test_old_entries_are_let_go_and_the_chain_goes_on(hub: Hub, db: Database) -> None:
    now = MOMENT + timedelta(days=10)
    audit = Audit(db=db, clock=lambda: now, secret=hub.ground.secret, keep_days=5)
    audit.write([entry(n) for n in range(10)])
    assert audit.prune() == 5
    found = audit.verify()
    assert (found.problem, found.count) == ("", 6), "five days and the note that others were let go"
    assert audit.prune() == 0
    audit.write([entry(10)])
    assert audit.verify().problem == ""
    unguard(db)
    with db.write() as rows:
        rows.execute(audit_log.delete().where(audit_log.c.id == 6))
    assert "6 is missing" in audit.verify().problem


def test_a_flood_of_refusals_is_counted_where_it_cannot_be_kept(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openhearth.audit.service.WAITING_MAX", 3)
    for n in range(10):
        audit.write_soon(entry(n, verdict="refused"))
    audit.flush()
    assert audit.verify().count == 4


# Readers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/audit-log", "/api/organizations/forge/audit-log"])
@pytest.mark.parametrize("suffix", ["", "/export"])
def test_nobody_and_no_stranger_reads_the_log(watched: Watched, path: str, suffix: str) -> None:
    assert watched.call("nobody", "GET", path + suffix).status_code == 401
    assert watched.call("eve", "GET", path + suffix).status_code == 403
    assert watched.call("ben", "GET", path + suffix).status_code == 403
    assert watched.call("root", "GET", path + suffix).status_code == 200


def test_an_organisations_admin_reads_what_concerns_it_without_addresses(watched: Watched) -> None:
    assert watched.call("ada", "GET", "/api/audit-log").status_code == 403
    watched.call("eve", "POST", "/api/repos/create", json={"name": "mine"})
    answer = watched.call("ada", "GET", "/api/organizations/forge/audit-log/export")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert {line["target"] for line in lines} == {"organizations/forge"}
    assert all("address" not in line for line in lines)
    assert any("address" in line for line in watched.call("root", "GET", "/api/audit-log").json())


def test_the_log_is_paged_and_filtered(watched: Watched) -> None:
    for name in ("one", "two", "three"):
        watched.call("eve", "POST", "/api/repos/create", json={"name": name})
    first = watched.call("root", "GET", "/api/audit-log?action=repo.create&actor=eve&limit=2")
    assert [line["target"] for line in first.json()] == ["models/eve/three", "models/eve/two"]
    second = watched.call("root", "GET", first.headers["Link"][1:].partition(">")[0])
    assert [line["target"] for line in second.json()] == ["models/eve/one"]
    for query, count in (
        ("verdict=read", 0), ("target=models/eve/t", 2), ("since=2100-01-01", 0), ("action=repo.&until=2000-01-01", 0)
    ):  # fmt: skip
        assert len(watched.call("root", "GET", f"/api/audit-log?{query}").json()) == count, query
    for query in ("verdict=x", "since=tomorrow", "until=9999-12-31T99", "cursor=bm8", "actor=%00"):
        assert watched.call("root", "GET", f"/api/audit-log?{query}").status_code == 400, query


def test_the_command_line_verifies_exports_and_leaves_its_own_lines(hub: Hub, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from openhearth.cli.admin import admin

    run, data = CliRunner(), str(hub.ground.settings.data)
    assert run.invoke(admin, ["user", "add", "zoe", "--data", data]).exit_code == 0
    assert run.invoke(admin, ["token", "add", "zoe", "--data", data]).exit_code == 0
    verified = run.invoke(admin, ["audit", "verify", "--data", data]).output
    assert "2 entries, unbroken" in verified
    lines = run.invoke(admin, ["audit", "export", "--namespace", "zoe", "--data", data]).output
    assert [json.loads(line)["action"] for line in lines.splitlines()] == ["account.create", "token.create"]
    assert {json.loads(line)["actor"]["via"] for line in lines.splitlines()} == {"command"}
    head = verified.partition("Head: ")[2].strip()
    assert run.invoke(admin, ["audit", "verify", "--head", head, "--data", data]).exit_code == 0
    wrong = run.invoke(admin, ["audit", "verify", "--head", "9:abc", "--data", data])
    assert "gone" in str(wrong.exception)
