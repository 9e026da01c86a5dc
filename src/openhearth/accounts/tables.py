"""The tables of people, organisations and credentials. Secrets are stored as sha256, passwords as argon2."""

import sqlalchemy as sa

import openhearth.accounts.oauth.tables
import openhearth.accounts.sso.tables  # noqa: F401  (they refer to tables here, and these to theirs)
from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)
_HASH = sa.String(64)


def _user_id(*, nullable: bool = False) -> sa.Column[str]:
    return sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=nullable)


# One row per name, whoever holds it, so that one unique key keeps users and organisations apart.
namespaces = sa.Table(
    "namespaces",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("kind", sa.String(4), nullable=False),
    sa.Column("name", sa.String(96), nullable=False),
    sa.Column("name_key", sa.String(96), nullable=False, unique=True),  # lower case
    sa.Column("fullname", sa.String(200), nullable=False),
    sa.Column("bio", sa.Text, nullable=False, default=""),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", _ID, sa.ForeignKey("namespaces.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("email", sa.String(320)),
    sa.Column("password_hash", sa.String(200)),
    sa.Column("is_site_admin", sa.Boolean, nullable=False),
)

organisations = sa.Table(
    "organisations",
    metadata,
    sa.Column("id", _ID, sa.ForeignKey("namespaces.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("private_by_default", sa.Boolean, nullable=False),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("org_id", _ID, sa.ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("role", sa.Integer, nullable=False),  # access.Role
    sa.Column("since", UtcDateTime, nullable=False),
)

# Names, not ids: an audit entry outlives those it speaks of.
role_changes = sa.Table(
    "role_changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "org_id", _ID, sa.ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor_name", sa.String(96), nullable=False),
    sa.Column("user_name", sa.String(96), nullable=False),
    sa.Column("before", sa.Integer),
    sa.Column("after", sa.Integer),
)

access_tokens = sa.Table(
    "access_tokens",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    _user_id(),
    sa.Column("value_hash", _HASH, nullable=False, unique=True),
    sa.Column("hint", sa.String(4), nullable=False),
    sa.Column("name", sa.String(96), nullable=False),
    sa.Column("scope", sa.String(12), nullable=False),  # access.TokenScope
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_used_at", UtcDateTime),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("client_id", sa.String(100)),
    sa.Column("permissions", sa.String(300)),  # of a fine-grained token: access.Permission, spaces between
    sa.Column("refresh_hash", _HASH, unique=True),
    sa.Column("refresh_expires_at", UtcDateTime),
    sa.Column("refreshed_at", UtcDateTime),  # when the refresh token was exchanged: once
    sa.Column(
        "authorization_id", _ID, index=True
    ),  # of oauth_authorizations; whoever ends that ends its tokens
    sa.Index("ix_access_tokens_user_id", "user_id"),
)

# What a fine-grained token may do: `models/ns/name` or `ns` → access.Action.
token_grants = sa.Table(
    "token_grants",
    metadata,
    sa.Column("token_id", _ID, sa.ForeignKey("access_tokens.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("target", sa.String(210), primary_key=True, index=True),
    sa.Column("action", sa.Integer, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    _user_id(),
    sa.Column("value_hash", _HASH, nullable=False, unique=True),
    sa.Column("agent", sa.String(200), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_seen_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("id_token", sa.Text),  # of the provider that signed in, which signing out there asks for
    sa.Index("ix_sessions_user_id", "user_id"),
)

sign_in_failures = sa.Table(
    "sign_in_failures",
    metadata,
    sa.Column("key", _HASH, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False, index=True),
)

invites = sa.Table(
    "invites",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("secret_hash", _HASH, nullable=False, unique=True),
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("created_by", sa.String(96), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_by", sa.String(96)),
)

# At most one row: the link of the first start, until there is an owner.
setup_links = sa.Table("setup_links", metadata, sa.Column("secret_hash", _HASH, primary_key=True))

device_requests = sa.Table(
    "device_requests",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("device_code_hash", _HASH, nullable=False, unique=True),
    sa.Column("user_code", sa.String(9), nullable=False, unique=True),
    sa.Column("client_id", sa.String(100), nullable=False),
    sa.Column("status", sa.String(8), nullable=False),  # records.DeviceStatus
    _user_id(nullable=True),
    sa.Column("scopes", sa.String(500)),  # none: all that the person may do
    sa.Column("interval_s", sa.Integer, nullable=False),
    sa.Column("last_polled_at", UtcDateTime),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# Public halves of key pairs, by which the SSH door knows people. A key belongs to one account.
ssh_keys = sa.Table(
    "ssh_keys",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    _user_id(),
    sa.Column("fingerprint", sa.String(64), nullable=False, unique=True),  # SHA256:… as ssh-keygen -l
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("public_key", sa.Text, nullable=False),  # one line, without its comment
    sa.Column("title", sa.String(96), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_used_at", UtcDateTime),
    sa.Index("ix_ssh_keys_user_id", "user_id"),
)
