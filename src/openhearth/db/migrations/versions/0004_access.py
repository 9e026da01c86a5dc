"""access"""

import sqlalchemy as sa
from alembic import op

import openhearth.db.schema

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "repo_access_requests",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("repo_key", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("asked_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("has_asked", sa.Boolean(), nullable=False),
        sa.Column("answered_at", openhearth.db.schema.UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=96), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repo_key"],
            ["repos.key"],
            name=op.f("fk_repo_access_requests_repo_key"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_repo_access_requests_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repo_access_requests")),
        sa.UniqueConstraint("repo_key", "user_id", name=op.f("uq_repo_access_requests_repo_key_user_id")),
    )
    with op.batch_alter_table("repo_access_requests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_repo_access_requests_repo_key_status_asked_at",
            ["repo_key", "status", "asked_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_repo_access_requests_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("repo_access_requests")
