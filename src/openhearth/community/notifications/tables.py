"""What people are told, and of what they asked to be told: one row per person and subject, watches by kind of target."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)


def _user_id() -> sa.Column[str]:
    return sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)


def _repo_key() -> sa.Column[str]:
    return sa.Column(
        "repo_key", _ID, sa.ForeignKey("repos.key", ondelete="CASCADE"), primary_key=True, index=True
    )


def _level() -> sa.Column[str]:
    return sa.Column("level", sa.String(5), nullable=False)  # records.Level


repo_watches = sa.Table("repo_watches", metadata, _user_id(), _repo_key(), _level())

namespace_watches = sa.Table(
    "namespace_watches",
    metadata,
    _user_id(),
    sa.Column(
        "namespace_id", _ID, sa.ForeignKey("namespaces.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    _level(),
)

# Whoever takes part in a discussion watches it, until they mute it.
discussion_watches = sa.Table(
    "discussion_watches",
    metadata,
    _user_id(),
    _repo_key(),
    sa.Column("number", sa.Integer, primary_key=True),
    _level(),
)

notifications = sa.Table(
    "notifications",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("repo_key", _ID, sa.ForeignKey("repos.key", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("subject", sa.String(40), nullable=False),  # unique per person and repo: what it is about
    sa.Column("number", sa.Integer),  # of a discussion
    sa.Column("is_pull_request", sa.Boolean, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("reason", sa.String(11), nullable=False),  # records.Reason
    sa.Column("change", sa.String(16), nullable=False),  # records.Change
    sa.Column("actor_name", sa.String(96)),
    sa.Column("comment_id", sa.String(40)),
    sa.Column("updates", sa.Integer, nullable=False),  # since it was last read
    sa.Column("is_read", sa.Boolean, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("user_id", "repo_key", "subject"),
    sa.Index("ix_notifications_inbox", "user_id", "is_read", "at"),
)
