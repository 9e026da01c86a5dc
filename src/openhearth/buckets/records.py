"""The nouns of the room. Frozen; times in UTC, sizes in bytes, paths relative to the bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openhearth.access import RepoResource, Visibility
from openhearth.kit.names import BucketRef


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket, as people address it (`ref`) and as storage does (`key`, which never changes).

    Whoever was given a Bucket by `Catalogue.get` may read it.
    """

    key: str
    ref: BucketRef
    visibility: Visibility
    creator_id: str | None
    created_at: datetime
    updated_at: datetime
    size_bytes: int = 0
    file_count: int = 0

    @property
    def id(self) -> str:
        return self.ref.id

    @property
    def is_private(self) -> bool:
        return self.visibility == "private"

    @property
    def resource(self) -> RepoResource:
        """What `access.decide` needs to know."""
        return RepoResource(ref=self.ref, visibility=self.visibility, creator_id=self.creator_id)


@dataclass(frozen=True, kw_only=True)
class BucketFile:
    """A file in a bucket. `mtime` is what its writer said; `uploaded_at` is when it came here."""

    path: str
    xet_hash: str
    size_bytes: int
    mtime: datetime
    uploaded_at: datetime


@dataclass(frozen=True, kw_only=True)
class BucketFolder:
    """What paths have in common up to a slash; `uploaded_at` is that of its newest file."""

    path: str
    uploaded_at: datetime


@dataclass(frozen=True)
class AddFile:
    """Put a file that its writer uploaded to this bucket at `path`. `mtime` None: now."""

    path: str
    xet_hash: str
    mtime: datetime | None = None


@dataclass(frozen=True)
class CopyFile:
    """Put a file of another bucket or repo at `path`, without moving its bytes."""

    path: str
    xet_hash: str
    source_type: str
    source_id: str
    mtime: datetime | None = None


@dataclass(frozen=True)
class DeleteFile:
    path: str


Operation = AddFile | CopyFile | DeleteFile


@dataclass(frozen=True)
class Failure:
    """An operation of a batch that was not applied, and why."""

    path: str
    error: str


@dataclass(frozen=True)
class BatchDone:
    processed: int
    failures: Sequence[Failure] = ()

    @property
    def succeeded(self) -> int:
        return self.processed - len(self.failures)
