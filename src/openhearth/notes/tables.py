"""The warnings book of the hub: what was said in runs of models, and what people added."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)

run_notes = sa.Table(
    "run_notes",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("run_id", _ID, nullable=False, index=True),
    # Null: a visitor's run, or one that nobody in particular asked for.
    sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE")),
    sa.Column("repo_key", _ID, sa.ForeignKey("repos.key", ondelete="CASCADE"), index=True),
    sa.Column("task", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),  # pipelines.notes.NoteKind
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("category", sa.String(100), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("means", sa.Text),
    sa.Column("remedy", sa.Text),
    sa.Column("at", UtcDateTime, nullable=False),  # when it was said last
    sa.Index("ix_run_notes_user_id_at", "user_id", "at"),
)
