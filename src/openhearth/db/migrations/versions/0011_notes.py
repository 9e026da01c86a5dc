"""notes"""

import sqlalchemy as sa
from alembic import op

import openhearth.db.schema

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_notes",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.String(length=24), nullable=True),
        sa.Column("repo_key", sa.String(length=24), nullable=True),
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=100), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.Column("at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repo_key"], ["repos.key"], name=op.f("fk_run_notes_repo_key"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_run_notes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_notes")),
    )
    with op.batch_alter_table("run_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_notes_repo_key"), ["repo_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_notes_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_run_notes_user_id_at", ["user_id", "at"], unique=False)
