"""The tables of single sign-on: who somebody is at their provider, sign-ins on their way, and what groups gave."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)
_HASH = sa.String(64)
_ISSUER = sa.String(500)
_SUBJECT = sa.String(255)  # the most that OpenID Connect Core section 2 allows

# The pair is all that ties a person at the provider to an account here: names and addresses change hands.
sso_identities = sa.Table(
    "sso_identities",
    metadata,
    sa.Column("issuer", _ISSUER, primary_key=True),
    sa.Column("subject", _SUBJECT, primary_key=True),
    sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("linked_at", UtcDateTime, nullable=False),
    sa.Column("last_seen_at", UtcDateTime, nullable=False),
)

# A browser that was sent to the provider and has not come back. `user_id`: to link that account.
sso_requests = sa.Table(
    "sso_requests",
    metadata,
    sa.Column("state_hash", _HASH, primary_key=True),
    sa.Column("browser_hash", _HASH, nullable=False),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("verifier", sa.String(128), nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), index=True),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# Somebody whom the provider knows and who has still to choose a name here.
sso_newcomers = sa.Table(
    "sso_newcomers",
    metadata,
    sa.Column("secret_hash", _HASH, primary_key=True),
    sa.Column("issuer", _ISSUER, nullable=False),
    sa.Column("subject", _SUBJECT, nullable=False),
    sa.Column("statement", sa.Text, nullable=False),  # JSON: what the provider says of them
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# What a group of the provider gave to somebody: an organisation's id, or `*site-admin`. Only this is taken back.
sso_grants = sa.Table(
    "sso_grants",
    metadata,
    sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("target", _ID, primary_key=True),
)
