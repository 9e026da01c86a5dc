"""The rows of buckets: the truth about which path holds which file of the chunk store."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_KEY = sa.String(24)
# Listings walk ranges of paths, so both engines must order them alike: by code points.
_PATH = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _bucket_key(*, primary_key: bool) -> sa.Column[str]:
    return sa.Column(
        "bucket_key",
        _KEY,
        sa.ForeignKey("buckets.key", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


# `size_bytes` and `file_count` are sums over `bucket_files`, kept by the transactions that change those.
buckets = sa.Table(
    "buckets",
    metadata,
    sa.Column("key", _KEY, primary_key=True),
    sa.Column("namespace", sa.String(96), nullable=False, index=True),
    sa.Column("name", sa.String(96), nullable=False),
    sa.Column("address", sa.String(220), nullable=False, unique=True),  # lower case: ada/scratch
    sa.Column("visibility", sa.String(7), nullable=False),
    sa.Column("creator_id", _KEY),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("file_count", sa.BigInteger, nullable=False),
)

# Where a moved bucket was: its old addresses lead to it until another bucket takes them.
bucket_redirects = sa.Table(
    "bucket_redirects",
    metadata,
    sa.Column("address", sa.String(220), primary_key=True),
    _bucket_key(primary_key=False),
    sa.Index(None, "bucket_key"),
)

bucket_files = sa.Table(
    "bucket_files",
    metadata,
    _bucket_key(primary_key=True),
    sa.Column("path", _PATH, primary_key=True),
    sa.Column("xet_hash", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("mtime", UtcDateTime, nullable=False),  # the writer's own word
    sa.Column("uploaded_at", UtcDateTime, nullable=False),
    sa.Index(None, "bucket_key", "xet_hash"),
)
