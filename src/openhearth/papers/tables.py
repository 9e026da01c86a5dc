"""One table: what people entered about papers. Which repos cite a paper stands in the repos' tags."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

papers = sa.Table(
    "papers",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),  # arXiv's
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("submitted_at", UtcDateTime, nullable=False, index=True),
    sa.Column("submitted_by", sa.String(24), sa.ForeignKey("users.id", ondelete="SET NULL")),
)
