"""The room's one object: writing the log, reading it, checking it, and letting old entries go.

What was changed is written before the caller gets their answer; what was read or refused is gathered and written by
a thread of its own within a second, so that no download waits for the disk.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.engine import Connection

from openhearth.access import Actor, may_manage_namespace, refusal
from openhearth.audit import queries
from openhearth.audit.chain import GENESIS, Chain
from openhearth.audit.records import Entry, EntryFilter, Finding, Logged, Pruning
from openhearth.db import Database
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.recurring import Recurring

log = logging.getLogger(__name__)

WRITE_EVERY_S = 1.0
PRUNE_EVERY = timedelta(hours=1)
WAITING_MAX = 2_000


class Audit:
    def __init__(self, *, db: Database, clock: Clock, secret: bytes, keep_days: int) -> None:
        """`keep_days` 0 keeps everything."""
        self._db = db
        self._clock = clock
        self._chain = Chain(secret)
        self._keep_days = keep_days
        self._waiting: dict[object, Entry] = {}
        self._lost_count = 0
        self._lock = threading.Lock()
        self._writing = Recurring(
            "audit", self._write_waiting, every_s=WRITE_EVERY_S, log=log,
            failed="entries of the audit log could not be written",
        )  # fmt: skip
        self._prune_at = clock()

    # Writing.

    def write(self, entries: Sequence[Entry]) -> None:
        """Add `entries` to the log, on disk when this returns."""
        if not entries:
            return
        with self._db.write() as rows:
            queries.insert(rows, list(self._chain.follow(_last(rows), entries)))

    def write_soon(self, entry: Entry) -> None:
        """Let the thread add `entry`; equal ones of the same moment become one with their count."""
        alike = (
            entry.verdict, entry.action, entry.actor_id, entry.token_id, entry.address, entry.target,
            entry.status, *entry.detail.items(),
        )  # fmt: skip
        with self._lock:
            waiting = self._waiting.get(alike)
            if waiting is not None:
                self._waiting[alike] = replace(waiting, count=waiting.count + 1)
            elif len(self._waiting) < WAITING_MAX:
                self._waiting[alike] = entry
            else:
                self._lost_count += 1  # a flood: memory matters more, and the log says how many

    def flush(self) -> None:
        """Write what waits."""
        with self._lock:
            waiting, self._waiting = list(self._waiting.values()), {}
            lost, self._lost_count = self._lost_count, 0
        if lost:
            waiting.append(Entry(at=self._clock(), verdict="refused", action="audit.too_many", count=lost))
        self.write(waiting)

    def start(self) -> None:
        self._writing.start()

    def stop(self) -> None:
        self._writing.stop()
        self.flush()

    def _write_waiting(self) -> None:
        self.flush()
        self._prune_in_time()

    # Reading.

    def list_entries(
        self, actor: Actor, wanted: EntryFilter, *, limit: int = 100, cursor: str | None = None
    ) -> Page[Logged]:
        """The newest first. For those who manage the namespace; without one, for site administrators."""
        require_reader(actor, wanted)
        before = _number(cursor) if cursor else None
        with self._db.read() as rows:
            found = queries.list_entries(rows, wanted, before=before, limit=limit + 1)
        return Page(found[:limit], encode_cursor(found[limit - 1].id) if len(found) > limit else None)

    def export(self, actor: Actor, wanted: EntryFilter) -> Iterator[Logged]:
        """All of them, the oldest first. Raises as `list_entries` does, at once."""
        require_reader(actor, wanted)
        self.flush()
        return self._walk(wanted)

    def _walk(self, wanted: EntryFilter) -> Iterator[Logged]:
        with self._db.read() as rows:
            yield from queries.walk(rows, wanted)

    # Keeping.

    def verify(self, *, head: tuple[int, str] | None = None) -> Finding:
        """Follow the chain through the whole log. `head`, noted earlier, must be in it or have been pruned."""
        with self._db.read() as rows:
            pruning = queries.find_pruning(rows)
            after = pruning.up_to if pruning else 0
            lines = queries.walk(rows, EntryFilter(), after=after)
            return self._chain.check(pruning, lines, head=head)

    def prune(self) -> int:
        """Let go of what is older than the hub keeps, and say so in the log; gives how many."""
        if not self._keep_days:
            return 0
        now = self._clock()
        with self._db.write() as rows:
            found = queries.find_newest_before(rows, now - timedelta(days=self._keep_days))
            if found is None:
                return 0
            up_to, last_hash = found
            seal = self._chain.seal(up_to, last_hash, now)
            queries.insert_pruning(rows, Pruning(up_to=up_to, hash=last_hash, at=now, seal=seal))
            count = queries.delete_pruned(rows, up_to)
            note = Entry(
                at=now, verdict="changed", action="audit.prune", detail={"up_to": str(up_to)}, count=count
            )
            last = queries.find_last(rows) or (up_to, last_hash)
            queries.insert(rows, list(self._chain.follow(last, [note])))
        return count

    def _prune_in_time(self) -> None:
        if self._clock() >= self._prune_at:
            self._prune_at = self._clock() + PRUNE_EVERY
            self.prune()


def require_reader(actor: Actor, wanted: EntryFilter) -> None:
    """Raise Forbidden or Unauthenticated unless `actor` may read what is `wanted`."""
    if wanted.namespace is not None:
        if not may_manage_namespace(actor, wanted.namespace):
            raise refusal(actor, f"Only an admin of {wanted.namespace} may read its audit log.")
    elif not actor.is_site_admin or (actor.token is not None and actor.token.scope != "write"):
        raise refusal(actor, "Only an administrator of this hub may read its whole audit log.")


def _last(rows: Connection) -> tuple[int, str]:
    found = queries.find_last(rows)
    if found is not None:
        return found
    pruning = queries.find_pruning(rows)
    return (pruning.up_to, pruning.hash) if pruning else (0, GENESIS)


def _number(cursor: str) -> int:
    from openhearth.errors import Invalid

    number = decode_cursor(cursor, 1)[0]
    if not isinstance(number, int):
        raise Invalid("cursor: is not one of this list; follow the Link header instead.")
    return number
