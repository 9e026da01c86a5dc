"""What each template of the room is given. `refused` is why a form came back with what was typed in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from openhearth.accounts.oauth.records import OAuthApp
from openhearth.accounts.oauth.scopes import Scope
from openhearth.accounts.pages.routes import ACCEPTED, Refused
from openhearth.accounts.records import (
    AccessToken,
    DeviceRequest,
    Invite,
    Member,
    Membership,
    Organisation,
    RoleChange,
    SshKey,
    User,
)
from openhearth.accounts.sso.records import Identity
from openhearth.config import SignUp
from openhearth.web.parts import Choice, Tab


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """What every page with a form has."""

    refused: Refused = field(default=ACCEPTED, metadata=_help("Why the form came back, if it did"))


@dataclass(frozen=True, kw_only=True)
class LoginPage(FormPage):
    """Context of `accounts/login.html`."""

    next: str = field(metadata=_help("Where to go afterwards, a path on this hub"))
    name: str = field(default="", metadata=_help("What was typed as the name"))
    sign_up: SignUp = field(metadata=_help("Who may make an account"))
    sso_label: str = field(
        default="", metadata=_help("The words on the button of single sign-on, if it is set up")
    )
    sso_href: str = field(default="", metadata=_help("Where that button leads"))
    by_password: bool = field(default=True, metadata=_help("Whether people may sign in by password"))


@dataclass(frozen=True, kw_only=True)
class SignedOutPage:
    """Context of `accounts/signed_out.html`."""

    provider: str = field(metadata=_help("The host where the reader may still be signed in"))
    location: str = field(metadata=_help("Where they sign out of that too"))


@dataclass(frozen=True, kw_only=True)
class JoinPage(FormPage):
    """Context of `accounts/join.html`."""

    action: str = field(metadata=_help("Where the form is posted: it holds the invite"))
    closed: str = field(default="", metadata=_help("Why no account can be made here now; empty if one can"))
    name: str = field(default="", metadata=_help("What was typed as the name"))
    fullname: str = field(default="", metadata=_help("What was typed as the full name"))


@dataclass(frozen=True, kw_only=True)
class SetupPage(FormPage):
    """Context of `accounts/setup.html`."""

    action: str = field(metadata=_help("Where the form is posted: it holds the secret of the link"))
    name: str = field(default="", metadata=_help("What was typed as the name"))
    fullname: str = field(default="", metadata=_help("What was typed as the full name"))


@dataclass(frozen=True, kw_only=True)
class ProfilePage(FormPage):
    """Context of `accounts/profile_settings.html`."""

    user: User = field(metadata=_help("The reader's own account"))
    fullname: str = field(metadata=_help("The full name in the form"))
    bio: str = field(metadata=_help("The words about oneself in the form"))
    email: str = field(metadata=_help("The mail address in the form"))
    saved: bool = field(default=False, metadata=_help("Whether a change was just kept"))


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A signed-in browser as the list shows it."""

    id: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


@dataclass(frozen=True, kw_only=True)
class SecurityPage(FormPage):
    """Context of `accounts/security.html`."""

    has_password: bool = field(metadata=_help("Whether the reader has a password"))
    sessions: Sequence[SessionRow] = field(metadata=_help("Signed-in browsers, the one used last first"))
    saved: bool = field(default=False, metadata=_help("Whether the password was just changed"))
    sso_host: str = field(default="", metadata=_help("The provider of single sign-on, if it is set up"))
    linked: Identity | None = field(
        default=None, metadata=_help("Who the reader is there, if they are linked")
    )


@dataclass(frozen=True, kw_only=True)
class TokensPage:
    """Context of `accounts/tokens.html`."""

    tokens: Sequence[AccessToken] = field(metadata=_help("The reader's tokens, the newest first"))
    fresh_value: str = field(default="", metadata=_help("The value of a token just made: shown this once"))
    fresh_name: str = field(default="", metadata=_help("The name of a token just made"))


@dataclass(frozen=True, kw_only=True)
class GrantRow:
    """A namespace that a fine-grained token may be given rights on."""

    namespace: str
    level: str


@dataclass(frozen=True, kw_only=True)
class RepoRow:
    """One of the reader's repos, with the right that a token is to have on it."""

    address: str
    level: str


@dataclass(frozen=True, kw_only=True)
class NewTokenPage(FormPage):
    """Context of `accounts/new_token.html`."""

    scopes: Sequence[Choice] = field(metadata=_help("Kinds of token"))
    levels: Sequence[Choice] = field(metadata=_help("Rights on a namespace"))
    name: str = field(default="", metadata=_help("What was typed as the name"))
    scope: str = field(default="read", metadata=_help("The kind chosen"))
    namespaces: Sequence[GrantRow] = field(
        metadata=_help("The reader and their organisations, with rights chosen")
    )
    repos: Sequence[RepoRow] = field(
        metadata=_help("The reader's repos, last changed first, with rights chosen")
    )
    read_repos: str = field(default="", metadata=_help("Other repos to read, one per line"))
    write_repos: str = field(default="", metadata=_help("Other repos to write to, one per line"))
    permissions: Sequence[Choice] = field(metadata=_help("What a token may be given beside repos"))
    chosen: Sequence[str] = field(metadata=_help("Permissions chosen"))
    lifetimes: Sequence[Choice] = field(metadata=_help("After how many days it ends"))
    lifetime: str = field(metadata=_help("The lifetime chosen, in days; empty for none"))


@dataclass(frozen=True, kw_only=True)
class MembershipsPage:
    """Context of `accounts/memberships.html`."""

    memberships: Sequence[Membership] = field(metadata=_help("The reader's organisations by name"))


@dataclass(frozen=True, kw_only=True)
class NewOrganisationPage(FormPage):
    """Context of `accounts/new_organisation.html`."""

    name: str = field(default="", metadata=_help("What was typed as the name"))
    fullname: str = field(default="", metadata=_help("What was typed as the full name"))
    private_by_default: bool = field(default=False, metadata=_help("Whether new repos start private"))


@dataclass(frozen=True, kw_only=True)
class OrganisationSettingsPage(FormPage):
    """Context of `accounts/organisation_settings.html`."""

    org: Organisation = field(metadata=_help("The organisation"))
    sections: Sequence[Tab] = field(metadata=_help("The organisation's pages"))
    fullname: str = field(metadata=_help("The full name in the form"))
    bio: str = field(metadata=_help("The words about the organisation in the form"))
    private_by_default: bool = field(metadata=_help("Whether new repos start private"))
    saved: bool = field(default=False, metadata=_help("Whether a change was just kept"))


@dataclass(frozen=True, kw_only=True)
class MembersPage(FormPage):
    """Context of `accounts/members.html`."""

    org: Organisation = field(metadata=_help("The organisation"))
    members: Sequence[Member] = field(metadata=_help("This page of members, by name"))
    sections: Sequence[Tab] = field(metadata=_help("The organisation's pages"))
    next_href: str = field(default="", metadata=_help("The next page of members, empty on the last"))
    roles: Sequence[Choice] = field(metadata=_help("The roles that can be given"))
    may_manage: bool = field(metadata=_help("Whether the reader may change members"))
    changes: Sequence[RoleChange] = field(default=(), metadata=_help("Who changed which role; for admins"))
    user: str = field(default="", metadata=_help("What was typed as the member to add"))
    role: str = field(default="read", metadata=_help("The role chosen for the member to add"))


@dataclass(frozen=True, kw_only=True)
class ActivatePage(FormPage):
    """Context of `accounts/activate.html`."""

    code: str = field(default="", metadata=_help("The code typed or linked to"))
    request: DeviceRequest | None = field(
        default=None, metadata=_help("The device that waits under this code")
    )
    answer: str = field(default="", metadata=_help("approved or denied, once it is settled"))
    app: OAuthApp | None = field(
        default=None, metadata=_help("The registered app behind the code, if one is")
    )
    wishes: Sequence[Scope] = field(default=(), metadata=_help("What a registered app wants to do"))


@dataclass(frozen=True, kw_only=True)
class InviteRow:
    """An invite as the list shows it."""

    invite: Invite
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class InvitesPage(FormPage):
    """Context of `accounts/invites.html`."""

    sign_up: SignUp = field(metadata=_help("Who may make an account"))
    invites: Sequence[InviteRow] = field(metadata=_help("Every invite, the newest first"))
    fresh_link: str = field(default="", metadata=_help("The link of an invite just made: shown this once"))


@dataclass(frozen=True, kw_only=True)
class SshKeysPage(FormPage):
    """Context of `accounts/ssh_keys.html`."""

    keys: Sequence[SshKey] = field(metadata=_help("The reader's keys, the newest first"))
    example: str = field(metadata=_help("The address of a repo over SSH, empty while the SSH door is closed"))
    title: str = field(default="", metadata=_help("What was typed as the title"))
    key: str = field(default="", metadata=_help("What was pasted as the key"))
