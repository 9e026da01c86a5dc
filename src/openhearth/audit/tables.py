"""The tables of the audit log. Triggers (migration 0004) refuse to change a row, or to delete one not pruned."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

# No foreign keys: an entry outlives those it speaks of.
audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3, … without a gap
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("action", sa.String(120), nullable=False),
    sa.Column("actor_id", sa.String(24)),
    sa.Column("actor_name", sa.String(96)),
    sa.Column("via", sa.String(8), nullable=False),
    sa.Column("token_id", sa.String(24)),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("request_id", sa.String(200), nullable=False),
    sa.Column("namespace", sa.String(96), nullable=False),
    sa.Column("target", sa.String(300), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index("ix_audit_log_namespace_id", "namespace", "id"),
    sa.Index("ix_audit_log_actor_name_id", "actor_name", "id"),
    sa.Index("ix_audit_log_at", "at"),
)

# Entries up to `up_to` were let go by age; the chain goes on from `hash`. The seal is the hub's own.
audit_prunings = sa.Table(
    "audit_prunings",
    metadata,
    sa.Column("up_to", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)
