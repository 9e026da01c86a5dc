"""A hub in process with the permanent people, and buckets of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from openhearth.access import Actor, Role, Visibility
from openhearth.accounts import OPERATOR
from openhearth.buckets import Bucket, Buckets
from openhearth.buckets.records import AddFile, BatchDone, Operation
from openhearth.config import Settings
from openhearth.kit.names import BucketRef
from openhearth.rooms import Hub, build_hub
from openhearth.storage.xet import XetStore
from tests.audit.conftest import watched as watched  # a fixture
from tests.storage.xet.conftest import SettableClock, Uploads


@dataclass
class Yard:
    """Ada's buckets, and what others may do with them."""

    hub: Hub
    clock: SettableClock
    ada: Actor
    ben: Actor
    eve: Actor

    @property
    def buckets(self) -> Buckets:
        return self.hub.buckets

    @property
    def xet(self) -> XetStore:
        return self.hub.ground.storage.xet

    def create(
        self, name: str = "scratch", *, namespace: str = "ada", visibility: Visibility | None = None
    ) -> Bucket:
        return self.buckets.catalogue.create(self.ada, BucketRef(namespace, name), visibility=visibility)

    def upload(self, bucket: Bucket, content: bytes, actor: Actor | None = None) -> str:
        """Send `content` to the chunk store for `bucket`; gives its hash. No path holds it yet."""
        uploader = (actor or self.ada).user_id or ""
        return Uploads(self.xet).file(content, repo_key=bucket.key, uploader=uploader).file_hash_hex

    def apply(self, bucket: Bucket, *operations: Operation, actor: Actor | None = None) -> BatchDone:
        return self.buckets.contents.apply(actor or self.ada, bucket, operations)

    def put(self, bucket: Bucket, **files: bytes) -> None:
        """Put files at paths; `__` stands for a slash."""
        done = self.apply(
            bucket,
            *(
                AddFile(name.replace("__", "/"), self.upload(bucket, content))
                for name, content in files.items()
            ),
        )
        assert not done.failures

    def again(self, bucket: Bucket) -> Bucket:
        return self.buckets.catalogue.get(self.ada, bucket.ref)

    def paths(self, bucket: Bucket, prefix: str = "") -> list[str]:
        return [file.path for file in self.buckets.contents.list_files(bucket, prefix).items]

    def read(self, bucket: Bucket, path: str) -> bytes:
        contents = self.buckets.contents
        return b"".join(contents.stream(contents.get_file(bucket, path)))

    def token(self, actor: Actor) -> dict[str, str]:
        value = self.hub.accounts.tokens.create(actor, name="write", scope="write", grants={}).value
        return {"Authorization": f"Bearer {value}"}


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def hub(tmp_path: Path, database_url: str, clock: SettableClock) -> Iterator[Hub]:
    """A real hub whose time the test sets."""
    hub = build_hub(
        Settings(
            data=tmp_path / "data", database_url=database_url, rate_limit="off", public_url="http://hub.test"
        ),
        clock=clock,
    )
    yield hub
    hub.ground.db.close()


def _join(hub: Hub, name: str, **roles: Role) -> Actor:
    user = hub.accounts.people.add(OPERATOR, name)
    return Actor(user_id=user.id, name=name, session_id="browser", roles=roles)


@pytest.fixture
def yard(hub: Hub, clock: SettableClock) -> Yard:
    """Ada owns, ben collaborates in ada's organisation `forge`, eve is a stranger."""
    ada = _join(hub, "ada", forge=Role.ADMIN)
    ben, eve = _join(hub, "ben", forge=Role.WRITE), _join(hub, "eve")
    hub.accounts.orgs.create(ada, "forge", members={"ben": Role.WRITE}, private_by_default=True)
    return Yard(hub, clock, ada, ben, eve)
