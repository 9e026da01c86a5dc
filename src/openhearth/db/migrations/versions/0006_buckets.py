"""buckets"""

import sqlalchemy as sa
from alembic import op

import openhearth.db.schema

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "buckets",
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("namespace", sa.String(length=96), nullable=False),
        sa.Column("name", sa.String(length=96), nullable=False),
        sa.Column("address", sa.String(length=220), nullable=False),
        sa.Column("visibility", sa.String(length=7), nullable=False),
        sa.Column("creator_id", sa.String(length=24), nullable=True),
        sa.Column("created_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("updated_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("file_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_buckets")),
        sa.UniqueConstraint("address", name=op.f("uq_buckets_address")),
    )
    with op.batch_alter_table("buckets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_buckets_namespace"), ["namespace"], unique=False)

    op.create_table(
        "bucket_redirects",
        sa.Column("address", sa.String(length=220), nullable=False),
        sa.Column("bucket_key", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket_key"],
            ["buckets.key"],
            name=op.f("fk_bucket_redirects_bucket_key"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_bucket_redirects")),
    )
    with op.batch_alter_table("bucket_redirects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bucket_redirects_bucket_key"), ["bucket_key"], unique=False)

    op.create_table(
        "bucket_files",
        sa.Column("bucket_key", sa.String(length=24), nullable=False),
        sa.Column(
            "path",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("xet_hash", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mtime", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("uploaded_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket_key"], ["buckets.key"], name=op.f("fk_bucket_files_bucket_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bucket_key", "path", name=op.f("pk_bucket_files")),
    )
    with op.batch_alter_table("bucket_files", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bucket_files_bucket_key_bucket_files_xet_hash"),
            ["bucket_key", "xet_hash"],
            unique=False,
        )
