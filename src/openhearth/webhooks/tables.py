"""The tables of webhooks: who is told, of what, and what was sent."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)


def _webhook_id(*, primary_key: bool = False) -> sa.Column[str]:
    foreign = sa.ForeignKey("webhooks.id", ondelete="CASCADE")
    return sa.Column("webhook_id", _ID, foreign, nullable=False, primary_key=primary_key)


webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column(
        "owner_id", _ID, sa.ForeignKey("namespaces.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("secret", sa.Text),  # as it is: each message carries it
    sa.Column("domains", sa.JSON, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("disabled_because", sa.Text),
    sa.Column("failures_in_row", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

# Names, not keys: a watch may be set before its repo is there, and tells nobody whether it is.
webhook_watched = sa.Table(
    "webhook_watched",
    metadata,
    _webhook_id(primary_key=True),
    sa.Column("type", sa.String(8), primary_key=True),
    sa.Column("name_key", sa.String(200), primary_key=True),  # lower case
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),  # as they were given
    sa.Index("ix_webhook_watched_type_name_key", "type", "name_key"),
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    _webhook_id(),
    sa.Column("repo_key", _ID, nullable=False),  # no foreign key: what is told may be that it is gone
    sa.Column("event", sa.String(40), nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.String(9), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("tried_at", UtcDateTime),
    sa.Column("status", sa.Integer),
    sa.Column("answer", sa.Text),
    sa.Column("duration_ms", sa.Integer),
    sa.Column("error", sa.Text),
    sa.Index("ix_webhook_deliveries_webhook_id_created_at", "webhook_id", "created_at", "id"),
)
