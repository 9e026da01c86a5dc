"""The rows of the chunk store. Hashes are 32 raw bytes; sha256 is the usual hex; a repo is an opaque key.

Who uploaded what is kept for access during an upload and for quotas; nothing here names a file in a repo.
"""

from datetime import datetime

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata
from openhearth.storage.xet.hashes import HASH_BYTES


def _hash(name: str, *, primary_key: bool = False) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(HASH_BYTES), primary_key=primary_key, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, UtcDateTime, nullable=nullable)


# A xorb is stored if it has a row here and an index on disk. `size_bytes`: of its body; 0 if it is composed.
xorbs = sa.Table(
    "xet_xorbs",
    metadata,
    _hash("hash", primary_key=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("unpacked_bytes", sa.BigInteger, nullable=False),
    sa.Column("chunk_count", sa.Integer, nullable=False),
    sa.Column("uploader", sa.String, nullable=False),
    sa.Column("repo_key", sa.String, nullable=False),
    _moment("last_used_at"),
)

# A composed xorb → the xorbs in whose bodies its chunks lie; they stay for as long as it does.
compositions = sa.Table(
    "xet_compositions",
    metadata,
    _hash("xorb", primary_key=True),
    _hash("home", primary_key=True),
    sa.Index(None, "home"),
    sqlite_with_rowid=False,
)

# The first eight bytes of a few chunks' hashes → a xorb with a body that holds the chunk.
samples = sa.Table(
    "xet_samples",
    metadata,
    sa.Column("word", sa.BigInteger, primary_key=True, autoincrement=False),
    _hash("xorb"),
    sqlite_with_rowid=False,
)

# `terms`: the shard's term records, 48 bytes each.
files = sa.Table(
    "xet_files",
    metadata,
    _hash("hash", primary_key=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("terms", sa.LargeBinary, nullable=False),
)

# Which repo may read which file. Until a commit links it, only its uploader may.
repo_files = sa.Table(
    "xet_repo_files",
    metadata,
    sa.Column("repo_key", sa.String, primary_key=True),
    _hash("file_hash", primary_key=True),
    sa.Column("uploader", sa.String, primary_key=True),
    _moment("created_at"),
    _moment("linked_at", nullable=True),
    sa.Index(None, "file_hash"),
)

# What an uploader says the sha256 of a file is. Believed in its own repo only, until it is verified.
claims = sa.Table(
    "xet_claims",
    metadata,
    sa.Column("repo_key", sa.String, primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    _hash("file_hash"),
    sa.Column("is_verified", sa.Boolean, nullable=False),
    sa.Index(None, "is_verified"),
)

# Whose dedup answers a repo's uploads belong to.
repos = sa.Table(
    "xet_repos",
    metadata,
    sa.Column("repo_key", sa.String, primary_key=True),
    sa.Column("namespace", sa.String, nullable=False),
    sa.Column("is_public", sa.Boolean, nullable=False),
)

# All xorbs that one upload touched, answered together.
groups = sa.Table(
    "xet_groups",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("repo_key", sa.String, nullable=False, index=True),
    sa.Column("xorbs", sa.LargeBinary, nullable=False),
    _moment("last_used_at"),
)

# A chunk that clients may ask about → the newest group of each repo that has it, and its xorb's place there.
entrances = sa.Table(
    "xet_entrances",
    metadata,
    _hash("chunk_hash", primary_key=True),
    sa.Column("repo_key", sa.String, primary_key=True),
    sa.Column("group_id", sa.Integer, nullable=False, index=True),
    sa.Column("place", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
