"""Runs of a model over a column, and their cells: what each row gave, and what came of it."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)

column_runs = sa.Table(
    "column_runs",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    # No foreign key: results outlive the model that gave them.
    sa.Column("model_key", _ID, nullable=False),
    sa.Column("model", sa.String(200), nullable=False),  # its name when it was asked
    sa.Column("model_commit", sa.String(40)),
    sa.Column("task", sa.String(64), nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("dataset_key", _ID, sa.ForeignKey("repos.key", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("dataset_commit", sa.String(40), nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("column_name", sa.Text, nullable=False),
    sa.Column("rows_wanted", sa.Integer, nullable=False),
    sa.Column("rows_found", sa.Integer),  # once they are read
    sa.Column("state", sa.String(9), nullable=False),  # records.State
    sa.Column("error", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("ix_column_runs_user_id_created_at", "user_id", "created_at"),
)

# `answer` and `error` are both null until the model was asked.
column_cells = sa.Table(
    "column_cells",
    metadata,
    sa.Column("run_id", _ID, sa.ForeignKey("column_runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("given", sa.Text, nullable=False),
    sa.Column("answer", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.Text),
)
