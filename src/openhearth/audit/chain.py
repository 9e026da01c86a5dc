"""The chain: each entry's hash covers the entry and the hash before it, under a key that no row holds.

Whoever can write to the database but has not the hub's key file can neither change an entry, nor take one out of
the middle, nor add one, without `verify` seeing it. Entries cut off the end are seen by a head noted before.
"""

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime

from openhearth.audit.records import Entry, Finding, Logged, Pruning

GENESIS = "0" * 64


class Chain:
    def __init__(self, secret: bytes) -> None:
        self._key = hmac.new(secret, b"audit log", "sha256").digest()

    def link(self, number: int, entry: Entry, previous: str) -> str:
        """The hash of `entry` as number `number` after the hash `previous`."""
        return self._mac([number, previous, {**asdict(entry), "at": _text(entry.at)}])

    def seal(self, up_to: int, last_hash: str, at: datetime) -> str:
        return self._mac(["pruned", up_to, last_hash, _text(at)])

    def follow(self, last: tuple[int, str], entries: Iterable[Entry]) -> Iterator[Logged]:
        """Give `entries` their places after the entry `last` (number, hash)."""
        number, previous = last
        for entry in entries:
            number += 1
            previous = self.link(number, entry, previous)
            yield Logged(id=number, hash=previous, entry=entry)

    def check(
        self, pruning: Pruning | None, rows: Iterable[Logged], *, head: tuple[int, str] | None = None
    ) -> Finding:
        """Follow the chain through `rows`, which are in order and come after `pruning`."""
        number, previous, count = (pruning.up_to, pruning.hash, 0) if pruning else (0, GENESIS, 0)
        if pruning is not None and pruning.seal != self.seal(pruning.up_to, pruning.hash, pruning.at):
            return _broken(0, number, previous, f"the note that entries up to {number} were pruned is forged")
        for row in rows:
            if row.id != number + 1:
                return _broken(count, number, previous, f"entry {number + 1} is missing")
            if row.hash != self.link(row.id, row.entry, previous):
                return _broken(count, number, previous, f"entry {row.id} is not what was written")
            number, previous, count = row.id, row.hash, count + 1
            if head is not None and number == head[0] and previous != head[1]:
                return _broken(count, number, previous, f"entry {number} has not the hash that was noted")
        if head is not None and head[0] > number:
            return _broken(count, number, previous, f"the entries from {number + 1} to {head[0]} are gone")
        return Finding(count=count, last_id=number, last_hash=previous)

    def _mac(self, value: object) -> str:
        text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hmac.new(self._key, text.encode(), "sha256").hexdigest()


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _broken(count: int, last_id: int, last_hash: str, problem: str) -> Finding:
    return Finding(count=count, last_id=last_id, last_hash=last_hash, problem=problem)
