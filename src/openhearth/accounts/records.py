"""The nouns of the room, frozen and without behaviour. Secrets appear only where they are new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from openhearth.access import Action, Permission, Role, TokenScope

NamespaceKind = Literal["user", "org"]


@dataclass(frozen=True, kw_only=True)
class Namespace:
    """A name that repos can live under, a user's or an organisation's. Unique without regard to case."""

    kind: ClassVar[NamespaceKind]
    id: str
    name: str
    fullname: str
    bio: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class User(Namespace):
    kind = "user"
    email: str | None
    is_site_admin: bool
    has_password: bool
    private_by_default: bool = False  # the hub's own setting: people have none


@dataclass(frozen=True, kw_only=True)
class Organisation(Namespace):
    kind = "org"
    private_by_default: bool


@dataclass(frozen=True, kw_only=True)
class Membership:
    """One of a user's organisations, with the user's role there."""

    organisation: Organisation
    role: Role


@dataclass(frozen=True, kw_only=True)
class Member:
    """One of an organisation's users, with their role."""

    user: User
    role: Role
    since: datetime


@dataclass(frozen=True, kw_only=True)
class RoleChange:
    """An entry of an organisation's audit list. A missing role: not a member."""

    at: datetime
    actor_name: str
    user_name: str
    before: Role | None
    after: Role | None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a public page shows of a namespace: a user's memberships, or an organisation's first members."""

    namespace: User | Organisation
    memberships: Sequence[Membership] = ()
    members: Sequence[Member] = ()
    member_count: int = 0


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """A token as its owner sees it later. `hint` is its last four characters; the value is not kept.

    `client_id` is set for tokens of OAuth; nobody has named those. `app_id`: of a registered app, which has
    `oauth_scopes`, in the person's own namespace and in `orgs`; a device that signed in by code has none of them.
    `grants` (`models/ns/name` or `ns` → Action) and `permissions` are only read for fine-grained tokens.
    """

    id: str
    user_id: str
    name: str
    scope: TokenScope
    hint: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    client_id: str | None
    authorization_id: str | None = None
    app_id: str | None = None
    oauth_scopes: frozenset[str] | None = None
    orgs: frozenset[str] = frozenset()
    grants: Mapping[str, Action] = field(default_factory=dict)
    permissions: frozenset[Permission] = frozenset()


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """A token and its value: the only time the value is known."""

    value: str = field(repr=False)
    token: AccessToken


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in browser."""

    id: str
    user_id: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewSession:
    """A session and the value of its cookie: the only time the value is known."""

    value: str = field(repr=False)
    session: Session


@dataclass(frozen=True, kw_only=True)
class Invite:
    """A link that lets one person make an account. `used_by` is the name that came of it."""

    id: str
    note: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_by: str | None


@dataclass(frozen=True, kw_only=True)
class NewInvite:
    """An invite and the secret of its link: the only time the secret is known."""

    secret: str = field(repr=False)
    invite: Invite


DeviceStatus = Literal["pending", "approved", "denied"]


@dataclass(frozen=True, kw_only=True)
class DeviceRequest:
    """A device that waits for somebody to type its code (RFC 8628). Without `scopes` it will act with all rights."""

    id: str
    user_code: str
    client_id: str
    status: DeviceStatus
    user_id: str | None
    scopes: frozenset[str] | None
    interval_s: int
    last_polled_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewDeviceRequest:
    """A request and the code the device polls with: the only time that code is known."""

    device_code: str = field(repr=False)
    request: DeviceRequest


@dataclass(frozen=True, kw_only=True)
class TokenPair:
    """What a program gets by signing in: an access token, and a refresh token that is exchanged for the next pair."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_s: int
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class SshKey:
    """The public half of somebody's key pair. `fingerprint` is what `ssh-keygen -l` shows."""

    id: str
    user_id: str
    fingerprint: str
    kind: str
    public_key: str
    title: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Credential:
    """What is behind a token or a session, as the hot path reads it: whose, with which roles and limits."""

    user_id: str
    user_name: str
    is_site_admin: bool
    roles: Mapping[str, Role]
    last_used_at: datetime | None
    expires_at: datetime | None
    token: AccessToken | None = None
    session_id: str | None = None
