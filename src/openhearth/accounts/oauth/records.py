"""The nouns of signing in to apps with the hub, frozen. Secrets appear only where they are new."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class OAuthApp:
    """A program that people may sign in to with their account here.

    A public app (in a browser, on a phone) keeps no secret. `space` is the id of the Space that the app belongs to;
    such an app has no owner who could change it by hand.
    """

    id: str
    client_id: str
    owner_id: str | None
    space: str | None
    name: str
    homepage: str
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    is_public: bool
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewOAuthApp:
    """An app and its secret, None for a public one: the only time the secret is known."""

    app: OAuthApp
    secret: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class AppDraft:
    """What somebody wants an app to be; checked when it is kept."""

    name: str
    homepage: str
    redirect_uris: Sequence[str]
    scopes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What a person let an app do, remembered: scopes, and organisations beside their own namespace."""

    app_id: str
    user_id: str
    scopes: frozenset[str]
    orgs: frozenset[str]
    given_at: datetime


@dataclass(frozen=True, kw_only=True)
class ConnectedApp:
    """An app that a person once let in."""

    app: OAuthApp
    consent: Consent


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A person's yes to an app: Authlib carries it as the `user` of the request."""

    user_id: str
    orgs: frozenset[str]
    signed_in_at: datetime


@dataclass(frozen=True, kw_only=True)
class Code:
    """An authorization code as it is kept (RFC 6749 section 4.1). `id` becomes that of the authorization."""

    id: str
    app_id: str
    user_id: str
    redirect_uri: str
    scopes: frozenset[str]
    orgs: frozenset[str]
    nonce: str | None
    code_challenge: str | None
    signed_in_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RefreshedToken:
    """What stands behind a refresh token. `refreshed_at`: when it was exchanged, which is allowed once."""

    token_id: str
    user_id: str
    client_id: str
    authorization_id: str
    app_id: str | None
    scopes: frozenset[str] | None
    orgs: frozenset[str]
    expires_at: datetime | None
    refreshed_at: datetime | None
