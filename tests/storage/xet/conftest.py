"""A chunk store on an empty folder, and a client that packs by hand."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openhearth.db import Database
from openhearth.storage.xet import XetFile, XetStore, to_hex
from tests.storage.xet.packing import PackedFile, PackedShard, PackedXorb, cut


@dataclass
class SettableClock:
    now: datetime = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Uploads:
    """Uploads to `store` as a client would: xorbs, then a shard."""

    store: XetStore

    def xorb(self, xorb: PackedXorb, *, body: bytes | None = None) -> bool:
        temp = self.store.new_incoming()
        temp.write_bytes(xorb.body if body is None else body)
        return self.store.adopt_xorb(temp, xorb.hash, uploader="ada", repo_key="repo")

    def shard(
        self,
        shard: PackedShard | bytes,
        *,
        repo_key: str = "repo",
        namespace: str = "ada",
        is_public: bool = False,
        uploader: str = "ada",
        proven: bool = False,
    ) -> int:
        body = shard if isinstance(shard, bytes) else shard.body
        return self.store.register_shard(
            body, repo_key=repo_key, namespace=namespace, is_public=is_public, uploader=uploader,
            proven=proven,
        )  # fmt: skip

    def file(
        self, content: bytes, *, scheme: int = 0, sha256: bytes | None = None, **scope: str | bool
    ) -> XetFile:
        """One file in one xorb."""
        xorb = PackedXorb(cut(content), scheme)
        self.xorb(xorb)
        file = PackedFile.of([(xorb, 0, len(xorb.chunks))], sha256=sha256)
        self.shard(PackedShard([file], [xorb]), **scope)  # type: ignore[arg-type]
        claimed = sha256 or hashlib.sha256(content).digest()
        return XetFile(file_hash_hex=to_hex(file.hash), sha256=claimed.hex(), size_bytes=len(content))


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def db(tmp_path: Path, database_url: str) -> Iterator[Database]:
    db = Database(database_url) if database_url else Database.in_folder(tmp_path / "db")
    db.create_missing_tables()
    yield db
    db.close()


@pytest.fixture
def store(db: Database, tmp_path: Path, clock: SettableClock) -> Iterator[XetStore]:
    store = XetStore(db=db, folder=tmp_path / "xet", key=b"k" * 32, clock=clock)
    yield store
    store.close()


@pytest.fixture
def uploads(store: XetStore) -> Uploads:
    return Uploads(store)


@pytest.fixture
def content() -> bytes:
    """1 MB that does not compress, in 64 chunks of which the last is short."""
    return random.Random(7).randbytes(63 * 16 * 1024 + 1234)
