"""Who follows whom: people follow people and organisations."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)

follows = sa.Table(
    "follows",
    metadata,
    sa.Column("follower_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column(
        "namespace_id", _ID, sa.ForeignKey("namespaces.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    sa.Column("at", UtcDateTime, nullable=False),
)
