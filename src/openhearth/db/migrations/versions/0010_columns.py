"""columns"""

import sqlalchemy as sa
from alembic import op

import openhearth.db.schema

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_runs",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.String(length=24), nullable=False),
        sa.Column("model_key", sa.String(length=24), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("model_commit", sa.String(length=40), nullable=True),
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("dataset_key", sa.String(length=24), nullable=False),
        sa.Column("dataset_commit", sa.String(length=40), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("rows_wanted", sa.Integer(), nullable=False),
        sa.Column("rows_found", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("updated_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_key"], ["repos.key"], name=op.f("fk_column_runs_dataset_key"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_column_runs_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_runs")),
    )
    with op.batch_alter_table("column_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_column_runs_dataset_key"), ["dataset_key"], unique=False)
        batch_op.create_index("ix_column_runs_user_id_created_at", ["user_id", "created_at"], unique=False)

    op.create_table(
        "column_cells",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["column_runs.id"], name=op.f("fk_column_cells_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "row", name=op.f("pk_column_cells")),
    )
