"""Dedup queries: a client asks about one chunk and learns of all xorbs of the newest upload that had it.

Answering with the one xorb that holds the chunk would find a third of the duplicates; the whole upload finds
nearly all. Who may learn of an upload: its namespace, and everybody if its repo is public.
"""

from datetime import timedelta

from sqlalchemy.engine import Connection

from openhearth.config import DedupScope
from openhearth.db import Database
from openhearth.kit.clock import Clock
from openhearth.storage.xet import queries
from openhearth.storage.xet.answer import Validity, write_answer
from openhearth.storage.xet.checks import CheckedShard, split_hashes
from openhearth.storage.xet.folder import XorbFolder
from openhearth.storage.xet.index import XorbIndex

ANSWER_LIFETIME_S = 7 * 24 * 3600  # must end long before a xorb may be collected
_ANSWER_MAX_CHUNKS = 260_000  # 16 MiB of answer, 17 GB of content
_TOUCH_AFTER = timedelta(days=1)


class Dedup:
    def __init__(
        self, *, db: Database, xorbs: XorbFolder, key: bytes, scope: DedupScope, clock: Clock
    ) -> None:
        self._db = db
        self._xorbs = xorbs
        self._key = key
        self._scope = scope
        self._clock = clock

    def add_upload(self, connection: Connection, repo_key: str, shard: CheckedShard) -> None:
        """Let the chunks of `shard` lead to it from now on."""
        if shard.xorbs:
            joined = b"".join(shard.xorbs)
            queries.add_group(connection, repo_key, joined, shard.entrances.items(), self._clock())

    def answer(self, chunk_hash: bytes, *, namespace: str) -> bytes | None:
        """What `namespace` may learn of uploads that had this chunk, or None."""
        with self._db.read() as connection:
            member = queries.find_group(
                connection, chunk_hash, None if self._scope == "global" else namespace
            )
        if member is None:
            return None
        self._keep_listed(member)
        listed = self._choose(list(split_hashes(member.xorbs)), member.place)
        if not listed:
            return None
        now = int(self._clock().timestamp())
        return write_answer(listed, key=self._key, validity=Validity(now, now + ANSWER_LIFETIME_S))

    def _keep_listed(self, member: queries.GroupMember) -> None:
        """Clients will refer to what an answer lists, so it counts as used. Noted once a day at most."""
        now = self._clock()
        if now - member.last_used_at > _TOUCH_AFTER:
            with self._db.write() as connection:
                queries.touch_group(connection, member.group_id, now)
                queries.touch_xorbs(connection, list(split_hashes(member.xorbs)), now)

    def _choose(self, xorbs: list[bytes], place: int) -> list[tuple[bytes, XorbIndex]]:
        """As many xorbs as an answer may hold: the one asked for, and what follows it in the upload."""
        chosen: list[tuple[bytes, XorbIndex]] = []
        chunk_count = 0
        for xorb in xorbs[place:] + xorbs[:place]:
            if self._xorbs.has(xorb):
                index = self._xorbs.index(xorb)
                chunk_count += len(index)
                if chosen and chunk_count > _ANSWER_MAX_CHUNKS:
                    break
                chosen.append((xorb, index))
        return chosen
