"""Bytes: git objects, whole large files and the chunk store. Knows repos only as opaque keys; no users, no HTTP."""

from dataclasses import dataclass
from pathlib import Path

from openhearth.config import DedupScope
from openhearth.db import Database
from openhearth.kit.clock import Clock, utc_now
from openhearth.storage.git import GitStore
from openhearth.storage.lfs import ObjectStore
from openhearth.storage.xet import XetStore

GB = 10**9


@dataclass(frozen=True, kw_only=True)
class Storage:
    git: GitStore
    lfs: ObjectStore
    xet: XetStore


def open_storage(
    data: Path, *, db: Database, key: bytes, dedup_scope: DedupScope, file_max_gb: int, clock: Clock = utc_now
) -> Storage:
    """The three stores below the folder `data`; `key` is the installation's own."""
    xet = XetStore(
        db=db,
        folder=data / "xet",
        key=key,
        dedup_scope=dedup_scope,
        file_max_bytes=file_max_gb * GB,
        clock=clock,
    )
    return Storage(git=GitStore(data / "repos"), lfs=ObjectStore(data / "lfs", db=db, clock=clock), xet=xet)
