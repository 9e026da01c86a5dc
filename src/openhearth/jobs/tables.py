"""One table: a row is a piece of work that is not done yet, or that was given up."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime, index=True),  # null: given up, kept to be looked at
    sa.Column("leased_until", UtcDateTime),
    sa.Column("leased_by", sa.String(24)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("attempts_max", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
)
