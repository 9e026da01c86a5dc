"""The tables of apps, of what people let them do, and of codes on their way. Secrets are stored as sha256."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)
_HASH = sa.String(64)


def _id_of(
    name: str, target: str, *, nullable: bool = False, primary_key: bool = False, index: bool = False
) -> sa.Column[str]:
    gone_with_it = sa.ForeignKey(target, ondelete="CASCADE")
    return sa.Column(name, _ID, gone_with_it, nullable=nullable, primary_key=primary_key, index=index)


oauth_apps = sa.Table(
    "oauth_apps",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("client_id", sa.String(100), nullable=False, unique=True),
    _id_of("owner_id", "users.id", nullable=True, index=True),
    sa.Column("space", sa.String(200), unique=True),
    sa.Column("secret_hash", _HASH),
    sa.Column("name", sa.String(96), nullable=False),
    sa.Column("homepage", sa.String(500), nullable=False),
    sa.Column("redirect_uris", sa.Text, nullable=False),  # one a line
    sa.Column("scopes", sa.String(500), nullable=False),  # separated by spaces, as on the wire
    sa.Column("is_public", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

oauth_consents = sa.Table(
    "oauth_consents",
    metadata,
    _id_of("user_id", "users.id", primary_key=True),
    _id_of("app_id", "oauth_apps.id", primary_key=True, index=True),
    sa.Column("scopes", sa.String(500), nullable=False),
    sa.Column("orgs", sa.Text, nullable=False),  # names, separated by spaces
    sa.Column("given_at", UtcDateTime, nullable=False),
)

oauth_codes = sa.Table(
    "oauth_codes",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("code_hash", _HASH, nullable=False, unique=True),
    _id_of("app_id", "oauth_apps.id", index=True),
    _id_of("user_id", "users.id", index=True),
    sa.Column("redirect_uri", sa.Text, nullable=False),
    sa.Column("scopes", sa.String(500), nullable=False),
    sa.Column("orgs", sa.Text, nullable=False),
    sa.Column("nonce", sa.String(500)),
    sa.Column("code_challenge", sa.String(128)),
    sa.Column("signed_in_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("used_at", UtcDateTime),
)

# One row for each time that somebody let a program in. All tokens that follow from it end with it.
oauth_authorizations = sa.Table(
    "oauth_authorizations",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    _id_of("user_id", "users.id", index=True),
    _id_of("app_id", "oauth_apps.id", nullable=True, index=True),  # none: a device that signed in by code
    sa.Column("scopes", sa.String(500)),  # none: all that the person may do
    sa.Column("orgs", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

# The repos that an app made for a person: with the scope contribute-repos it may write to these alone.
oauth_contributions = sa.Table(
    "oauth_contributions",
    metadata,
    _id_of("user_id", "users.id", primary_key=True),
    _id_of("app_id", "oauth_apps.id", primary_key=True, index=True),
    sa.Column("target", sa.String(210), primary_key=True, index=True),  # models/ns/name
)
