"""The tables of discussions and pull requests. What a pull request changes lies in git; all else is here."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_KEY = sa.String(24)


def _person(name: str) -> sa.Column[str]:
    """Whoever did it; empty once their account is gone."""
    return sa.Column(name, _KEY, sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)


def _event_id() -> sa.Column[str]:
    return sa.Column(
        "event_id", _KEY, sa.ForeignKey("discussion_events.id", ondelete="CASCADE"), primary_key=True
    )


# One row for each repo that ever had a discussion or turned them off. Numbers only grow.
discussion_repos = sa.Table(
    "discussion_repos",
    metadata,
    sa.Column("repo_key", _KEY, sa.ForeignKey("repos.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("last_number", sa.Integer, nullable=False),
    sa.Column("is_disabled", sa.Boolean, nullable=False),
)

discussions = sa.Table(
    "discussions",
    metadata,
    sa.Column("id", _KEY, primary_key=True),
    sa.Column("repo_key", _KEY, sa.ForeignKey("repos.key", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("status", sa.String(6), nullable=False),
    sa.Column("is_pull_request", sa.Boolean, nullable=False),
    _person("author_id"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("is_pinned", sa.Boolean, nullable=False),
    sa.Column("is_locked", sa.Boolean, nullable=False),
    sa.Column("comment_count", sa.Integer, nullable=False),
    sa.Column("last_position", sa.Integer, nullable=False),
    sa.Column(
        "base", sa.String(255), nullable=False, server_default="main"
    ),  # of a pull request: the branch it is for
    sa.Column("head", sa.String(40)),  # of a pull request: its newest commit, also when its ref is gone
    sa.Column("base_commit", sa.String(40)),  # where it left its base, as long as that could be told
    sa.Column("merge_commit", sa.String(40)),
    sa.UniqueConstraint("repo_key", "number"),
)

discussion_events = sa.Table(
    "discussion_events",
    metadata,
    sa.Column("id", _KEY, primary_key=True),
    sa.Column("discussion_id", _KEY, sa.ForeignKey("discussions.id", ondelete="CASCADE"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    _person("author_id"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),  # of a change: status; from and to; oid and subject
    sa.Column("text", sa.Text),  # of a comment, as it reads now; empty once hidden
    sa.Column("edited_at", UtcDateTime),
    sa.Column("is_hidden", sa.Boolean, nullable=False),
    sa.UniqueConstraint("discussion_id", "position"),
)

# What a comment said before it was edited.
discussion_versions = sa.Table(
    "discussion_versions",
    metadata,
    _event_id(),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

# The line of a diff that a comment speaks of, as it was then: `commit` holds the file on that side.
discussion_anchors = sa.Table(
    "discussion_anchors",
    metadata,
    _event_id(),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("side", sa.String(3), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("commit", sa.String(40), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

discussion_reactions = sa.Table(
    "discussion_reactions",
    metadata,
    _event_id(),
    sa.Column("user_id", _KEY, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("reaction", sa.String(16), primary_key=True),
)
