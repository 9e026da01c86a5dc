"""The nouns of single sign-on, frozen."""

from dataclasses import dataclass, field
from datetime import datetime

from openhearth.access import Role
from openhearth.accounts.records import NewSession


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What the provider says of somebody, verified. Only `issuer` and `subject` tell who it is."""

    issuer: str
    subject: str
    name: str = ""
    fullname: str = ""
    email: str = ""
    email_verified: bool = False
    groups: tuple[str, ...] = ()
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The tie between a person at the provider and an account here."""

    issuer: str
    subject: str
    user_id: str
    linked_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A browser that was sent to the provider. `user_id`: whoever wants to link their account."""

    nonce: str
    verifier: str = field(repr=False)
    target: str
    user_id: str | None
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody whom the provider knows and no account here is tied to."""

    statement: Statement
    target: str


@dataclass(frozen=True, kw_only=True)
class GroupGrant:
    """What a group of the provider gives here: a role in an organisation, or for no `org` the whole hub."""

    group: str
    org: str | None
    role: Role


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """How a sign-in ended: with a session, or where the browser goes to be asked something."""

    target: str
    session: NewSession | None = None
