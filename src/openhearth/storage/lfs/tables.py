"""Which repo holds which LFS object. Knowing a sha256 gives nobody its bytes: only a row here does."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

lfs_links = sa.Table(
    "lfs_links",
    metadata,
    sa.Column("repo_key", sa.String(24), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("uploaded_by", sa.String, nullable=True),  # a user id; None for what the hub itself stored
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index(None, "sha256"),
)

# What somebody brought who may only propose changes: theirs alone until a commit names it, gone with the next
# collection after a day.
lfs_proposed = sa.Table(
    "lfs_proposed",
    metadata,
    sa.Column("repo_key", sa.String(24), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("uploaded_by", sa.String(24), primary_key=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
