"""git"""

import sqlalchemy as sa
from alembic import op

import openhearth.db.schema

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ssh_keys",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.String(length=24), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=96), nullable=False),
        sa.Column("created_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("last_used_at", openhearth.db.schema.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_ssh_keys_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ssh_keys")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_ssh_keys_fingerprint")),
    )
    with op.batch_alter_table("ssh_keys", schema=None) as batch_op:
        batch_op.create_index("ix_ssh_keys_user_id", ["user_id"], unique=False)
    op.create_table(
        "branch_protections",
        sa.Column("repo_key", sa.String(length=24), nullable=False),
        sa.Column("pattern", sa.String(length=200), nullable=False),
        sa.Column("admins_only", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repo_key"], ["repos.key"], name=op.f("fk_branch_protections_repo_key_repos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("repo_key", "pattern", name=op.f("pk_branch_protections")),
    )
    op.create_table(
        "lfs_locks",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("repo_key", sa.String(length=24), nullable=False),
        sa.Column("path_hash", sa.String(length=64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(length=24), nullable=False),
        sa.Column("user_name", sa.String(length=96), nullable=False),
        sa.Column("locked_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repo_key"], ["repos.key"], name=op.f("fk_lfs_locks_repo_key_repos"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_lfs_locks_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lfs_locks")),
        sa.UniqueConstraint("repo_key", "path_hash", name=op.f("uq_lfs_locks_repo_key_path_hash")),
    )
    op.create_table(
        "namespace_quotas",
        sa.Column("namespace", sa.String(length=96), nullable=False),
        sa.Column("limit_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", name=op.f("pk_namespace_quotas")),
    )
