"""The queue: enqueue inside a transaction, and a worker that survives being killed.

A row is leased by compare-and-swap, so that one of any number of processes runs it; the lease is renewed while
the work goes on and runs out when its process dies, after which another takes the row. Work may therefore run
twice and must bear it.
"""

import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from openhearth.db import Database
from openhearth.jobs import queries
from openhearth.jobs.records import Job
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id

Work = Callable[[Mapping[str, Any]], None]
log = logging.getLogger(__name__)

THREADS = 4
LOOK_EVERY_S = 0.25
LEASE_S = 60.0
BACK_OFF_FIRST_S = 10.0
BACK_OFF_MOST_S = 6 * 3600.0
GIVEN_UP_KEPT = timedelta(days=30)
_TIDY_EVERY_S = 60.0
# How long to leave a database alone that did not answer.
_AWAY_S = 30
_STOP_TIMEOUT_S = 15.0
_ERROR_MAX_LENGTH = 2000


class Retry(Exception):
    """Raised by work that is to be tried again, after `after_s` or the usual back-off."""

    def __init__(self, reason: str, *, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.after_s = after_s


class GiveUp(Exception):
    """Raised by work that no further try will help."""


class Queue:
    """`handle` says what does a kind of work, `enqueue` asks for some, `start` works until `stop`."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        lease_s: float = LEASE_S,
        back_off_first_s: float = BACK_OFF_FIRST_S,
    ) -> None:
        self._db = db
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)
        self._back_off_first_s = back_off_first_s
        self._work: dict[str, Work] = {}
        self._worker = new_id()
        self._running: dict[str, Future[None]] = {}
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def handle(self, kind: str, work: Work) -> None:
        """Let `work` do every job of `kind`, given its payload. What it raises is tried again, later."""
        self._work[kind] = work

    def enqueue(
        self,
        rows: Connection,
        kind: str,
        payload: Mapping[str, Any],
        *,
        attempts_max: int = 8,
        delay_s: float = 0.0,
    ) -> str:
        """Ask for work in the caller's own transaction: it is asked for if that commits. Gives the job's id."""
        now = self._clock()
        job = Job(
            id=new_id(), kind=kind, payload=payload, created_at=now, due_at=now + timedelta(seconds=delay_s),
            leased_until=None, attempts=0, attempts_max=attempts_max, error=None,
        )  # fmt: skip
        queries.insert_job(rows, job)
        self._wake.set()
        return job.id

    def list_jobs(self, *, limit: int = 100) -> Sequence[Job]:
        """What waits, runs or was given up."""
        with self._db.read() as rows:
            return queries.list_jobs(rows, limit=limit)

    def run_due(self) -> int:
        """Do in this thread what is due now, and what becomes due by it; gives how many were tried."""
        done = 0
        while claimed := self._claim(1):
            self._run(claimed[0])
            done += 1
        return done

    def start(self) -> None:
        self._stopped.clear()
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more work, and wait a while for what is running; its lease runs out if it takes longer."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_STOP_TIMEOUT_S)

    def _loop(self) -> None:
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="job")
        waited_s = _TIDY_EVERY_S
        while not self._stopped.is_set():
            try:
                self._start_due(pool)
                if waited_s >= min(_TIDY_EVERY_S, self._lease.total_seconds() / 3):
                    waited_s = 0.0
                    self._tidy()
            except SQLAlchemyError:  # a thread's border: a database that is away now may be back soon
                log.exception("the queue of jobs could not be read; looking again in %d s", _AWAY_S)
                self._stopped.wait(_AWAY_S)
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()
            waited_s += LOOK_EVERY_S
        pool.shutdown(wait=True)

    def _start_due(self, pool: ThreadPoolExecutor) -> None:
        self._running = {job_id: run for job_id, run in self._running.items() if not run.done()}
        for job in self._claim(THREADS - len(self._running)):
            self._running[job.id] = pool.submit(self._run_alone, job)

    def _run_alone(self, job: Job) -> None:
        try:
            self._run(job)
        except SQLAlchemyError:  # what became of it could not be noted: its lease runs out and it runs again
            log.exception("the end of job %s (%s) could not be written", job.id, job.kind)

    def _claim(self, most: int) -> list[Job]:
        if most <= 0 or not self._work:
            return []
        now = self._clock()
        with self._db.read() as rows:
            due = queries.list_due(rows, kinds=list(self._work), now=now, limit=most)
        if not due:
            return []
        with self._db.write() as rows:
            until = now + self._lease
            return [job for job in due if queries.claim(rows, job.id, self._worker, now=now, until=until)]

    def _run(self, job: Job) -> None:
        try:
            self._work[job.kind](job.payload)
        except GiveUp as error:
            self._release(job, None, error)
        except Retry as error:
            self._try_later(job, error, error.after_s)
        except Exception as error:  # a worker's border: one job that fails leaves the others alone
            log.exception("job %s (%s) failed", job.id, job.kind)
            self._try_later(job, error, None)
        else:
            with self._db.write() as rows:
                queries.delete_held(rows, job.id, self._worker)

    def _try_later(self, job: Job, error: Exception, after_s: float | None) -> None:
        attempt = job.attempts + 1  # the record is from before the claim
        if attempt >= job.attempts_max:
            self._release(job, None, error)
            return
        wait_s = self._back_off_s(attempt) if after_s is None else after_s
        self._release(job, self._clock() + timedelta(seconds=wait_s), error)

    def _back_off_s(self, attempt: int) -> float:
        """Twice as long each time; jitter spreads those that failed together."""
        longest_s = min(self._back_off_first_s * 2.0 ** (attempt - 1), BACK_OFF_MOST_S)
        return longest_s * random.uniform(0.5, 1.0)  # noqa: S311  (no secret)

    def _release(self, job: Job, due_at: datetime | None, error: Exception) -> None:
        text = f"{type(error).__name__}: {error}"[:_ERROR_MAX_LENGTH]
        with self._db.write() as rows:
            queries.release(rows, job.id, self._worker, due_at=due_at, error=text)

    def _tidy(self) -> None:
        """Renew the leases of what runs here; give up what can be tried no more."""
        now = self._clock()
        with self._db.write() as rows:
            if self._running:
                queries.renew(rows, list(self._running), self._worker, now + self._lease)
            queries.give_up_exhausted(rows, now=now, error="The process that worked on it stopped.")
            queries.delete_given_up(rows, before=now - GIVEN_UP_KEPT)
