"""The queue: nothing asked for is lost, nothing is done by two at once, and what cannot be done ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from openhearth.cli.admin import admin
from openhearth.db import Database
from openhearth.jobs import GiveUp, Queue, Retry
from openhearth.kit.clock import utc_now
from tests.support.hands import Hands


@pytest.fixture
def db(tmp_path: Path, database_url: str) -> Iterator[Database]:
    database = Database(database_url) if database_url else Database.in_folder(tmp_path)
    database.create_missing_tables()
    yield database
    database.close()


def _wait_for(condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def _ask(db: Database, queue: Queue, kind: str = "forge", **options: Any) -> None:
    with db.write() as rows:
        queue.enqueue(rows, kind, {"what": "nail"}, **options)


@pytest.mark.both_engines
def test_a_job_is_asked_for_only_if_the_transaction_commits(db: Database) -> None:
    queue, done = Queue(db=db, clock=utc_now), list[object]()
    queue.handle("forge", done.append)
    with pytest.raises(RuntimeError), db.write() as rows:
        queue.enqueue(rows, "forge", {"what": "nail"})
        raise RuntimeError("changed our mind")
    assert queue.run_due() == 0
    _ask(db, queue)
    assert queue.run_due() == 1
    assert done == [{"what": "nail"}]
    assert queue.list_jobs() == []


def test_what_fails_is_tried_again_ever_later_and_given_up_in_the_end(db: Database) -> None:
    hands = Hands()
    queue = Queue(db=db, clock=hands, back_off_first_s=10)
    queue.handle("forge", lambda payload: payload["no such key"])
    _ask(db, queue, attempts_max=4)
    waits = []
    for _ in range(3):
        assert queue.run_due() == 1
        assert queue.run_due() == 0, "tried again without a pause"
        (job,) = queue.list_jobs()
        assert job.due_at is not None
        waits.append((job.due_at - hands.now).total_seconds())
        hands.now = job.due_at
    assert [low - 0.1 <= wait <= 2 * low for wait, low in zip(waits, (5, 10, 20), strict=True)] == [True] * 3
    assert queue.run_due() == 1
    (job,) = queue.list_jobs()
    assert (job.due_at, job.attempts) == (None, 4)
    assert job.error is not None
    assert "no such key" in job.error
    hands.move(days=1)
    assert queue.run_due() == 0


def test_work_may_name_the_time_of_the_next_try_or_end_it(db: Database) -> None:
    hands = Hands()
    queue = Queue(db=db, clock=hands)
    answers: list[Exception] = [Retry("busy", after_s=3), GiveUp("gone")]

    def refuse(_payload: Mapping[str, Any]) -> None:
        raise answers.pop(0)

    queue.handle("forge", refuse)
    _ask(db, queue)
    queue.run_due()
    hands.move(seconds=2.9)
    assert queue.run_due() == 0
    hands.move(seconds=0.2)
    assert queue.run_due() == 1
    (job,) = queue.list_jobs()
    assert (job.due_at, job.error) == (None, "GiveUp: gone")


@pytest.mark.both_engines
def test_of_many_workers_one_does_each_job(db: Database) -> None:
    done: list[int] = []

    def work(payload: Mapping[str, Any]) -> None:
        done.append(payload["number"])

    workers = [Queue(db=db, clock=utc_now) for _ in range(4)]
    with db.write() as rows:
        for number in range(40):
            workers[0].enqueue(rows, "forge", {"number": number})
    for worker in workers:
        worker.handle("forge", work)
    threads = [threading.Thread(target=worker.run_due) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(40))


def test_a_job_outlives_the_process_that_was_killed_while_doing_it(db: Database, tmp_path: Path) -> None:
    """The power went while a job was running: another process does it once the lease is over."""
    program = (
        "import sys, time; from pathlib import Path\n"
        "from openhearth.db import Database; from openhearth.jobs import Queue\n"
        "from openhearth.kit.clock import utc_now\n"
        "queue = Queue(db=Database.in_folder(Path(sys.argv[1])), clock=utc_now, lease_s=1.5)\n"
        "def work(payload):\n    print('begun', flush=True); time.sleep(60)\n"
        "queue.handle('forge', work); queue.run_due()\n"
    )
    survivor, done = Queue(db=db, clock=utc_now, lease_s=1.5), list[object]()
    _ask(db, survivor)
    victim = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
    assert victim.stdout is not None
    assert victim.stdout.readline() == b"begun\n"
    survivor.handle("forge", done.append)
    assert survivor.run_due() == 0, "two processes hold one job"
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    survivor.start()
    _wait_for(lambda: done == [{"what": "nail"}])
    survivor.stop()
    assert survivor.list_jobs() == []


def test_a_job_that_always_kills_its_process_is_given_up(db: Database) -> None:
    hands = Hands()
    queue = Queue(db=db, clock=hands)

    class PowerCut(BaseException):
        pass

    def die(_payload: Mapping[str, Any]) -> None:
        raise PowerCut

    queue.handle("forge", die)
    _ask(db, queue, attempts_max=2)
    for _ in range(2):
        with pytest.raises(PowerCut):
            queue.run_due()
        hands.move(minutes=2)
    assert queue.run_due() == 0
    queue.start()
    _wait_for(lambda: queue.list_jobs()[0].due_at is None)
    queue.stop()


def test_work_longer_than_its_lease_keeps_it(db: Database) -> None:
    first, second, begun = Queue(db=db, clock=utc_now, lease_s=0.9), Queue(db=db, clock=utc_now), []
    over = threading.Event()

    def long(_payload: Mapping[str, Any]) -> None:
        begun.append(1)
        over.wait(20)

    for queue in (first, second):
        queue.handle("forge", long)
    _ask(db, first)
    first.start()
    _wait_for(lambda: begun == [1])
    time.sleep(1.8)
    assert second.run_due() == 0
    over.set()
    _wait_for(lambda: not first.list_jobs())
    first.stop()


def test_a_worker_that_lost_its_lease_changes_nothing_any_more(db: Database) -> None:
    hands = Hands()
    slow, quick = (Queue(db=db, clock=hands) for _ in range(2))

    def overtaken(_payload: Mapping[str, Any]) -> None:
        hands.move(minutes=5)
        quick.run_due()
        raise Retry("too late")

    quick.handle("forge", lambda _payload: None)
    slow.handle("forge", overtaken)
    _ask(db, slow)
    slow.run_due()
    assert quick.list_jobs() == []


def test_the_command_line_lists_what_waits_and_what_was_given_up(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    database = Database.in_folder(folder)
    database.migrate()
    queue = Queue(db=database, clock=utc_now)
    _ask(database, queue, delay_s=3600)
    _ask(database, queue, "melt")

    def refuse(_payload: Mapping[str, Any]) -> None:
        raise GiveUp("no ore")

    queue.handle("melt", refuse)
    queue.run_due()
    database.close()
    printed = CliRunner().invoke(admin, ["jobs", "--data", str(folder)]).output.splitlines()
    assert [line.split("\t")[0] for line in printed] == ["forge", "melt"]
    assert printed[1] == "melt\tgiven up\t1/8\tGiveUp: no ore"
