"""Removing xorbs that no file needs any more.

Clients remember for 21 days which xorbs they sent, and dedup answers for their lifetime, and never send those
again by themselves: a xorb may go only when it has been unused for longer than both.
"""

from datetime import datetime, timedelta

import numpy as np

from openhearth.db import Database
from openhearth.storage.xet import queries
from openhearth.storage.xet.checks import split_hashes
from openhearth.storage.xet.folder import XorbFolder
from openhearth.storage.xet.records import Collected
from openhearth.storage.xet.shard import TERM

UNUSED_FOR = timedelta(days=30)


def collect(*, db: Database, xorbs: XorbFolder, unused_since: datetime, dry_run: bool) -> Collected:
    """Delete what no repo holds and nobody has used since `unused_since`; with `dry_run`, only say what.

    Safe beside running uploads: an upload notes the use of its xorbs in the transaction that registers it,
    and a xorb is deleted in one that finds it still unused.
    """
    with db.read() as connection:
        live = {
            xorb for terms in queries.list_live_terms(connection, unused_since) for xorb in _xorbs_of(terms)
        }
        dead = [
            xorb
            for xorb in queries.list_xorbs_unused_since(connection, unused_since)
            if xorb.hash not in live
        ]
        compositions = queries.list_compositions(connection)
    dead = _without_homes(dead, compositions)
    if not dry_run:
        with db.write() as connection:
            queries.delete_abandoned_files(connection, unused_since)
        dead = [xorb for xorb in dead if _delete(db, xorbs, xorb.hash, unused_since)]
    return Collected(xorbs=len(dead), size_bytes=sum(xorb.size_bytes for xorb in dead))


def _xorbs_of(terms: bytes) -> set[bytes]:
    return set(split_hashes(np.frombuffer(terms, TERM)["xorb"].tobytes()))


def _without_homes(
    dead: list[queries.StoredXorb], compositions: list[tuple[bytes, bytes]]
) -> list[queries.StoredXorb]:
    """`dead` without what the composed xorbs that stay need, and composed ones first: they go before their homes."""
    going = {xorb.hash for xorb in dead}
    composed = {xorb for xorb, _ in compositions}
    needed = {home for xorb, home in compositions if xorb not in going}
    return sorted((x for x in dead if x.hash not in needed), key=lambda x: x.hash not in composed)


def _delete(db: Database, xorbs: XorbFolder, xorb: bytes, unused_since: datetime) -> bool:
    # Inside the transaction: adopting the same xorb again waits for it, and then finds nothing there.
    with db.write() as connection:
        is_deleted = queries.delete_xorb_unused_since(connection, xorb, unused_since)
        if is_deleted:
            index = xorbs.find_index(xorb)
            if index is not None and not index.runs:
                queries.delete_samples(connection, xorb, index.sample_words())
            xorbs.delete(xorb)
    return is_deleted
