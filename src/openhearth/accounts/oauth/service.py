"""The hub as a place to sign in from: apps, the protocol, the keys, and what an app learns."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from openhearth.access import Actor
from openhearth.accounts.errors import OAuthError
from openhearth.accounts.known import KnownActors
from openhearth.accounts.oauth.apps import Apps
from openhearth.accounts.oauth.claims import claims_of
from openhearth.accounts.oauth.keys import SigningKeys
from openhearth.accounts.oauth.tokens import OAuthTokens
from openhearth.accounts.orgs import Organisations
from openhearth.accounts.people import People
from openhearth.config import Settings
from openhearth.db import Database
from openhearth.errors import Unauthenticated
from openhearth.events import Events
from openhearth.kit.clock import Clock
from openhearth.urls import Urls

if TYPE_CHECKING:
    from openhearth.accounts.oauth.server import OAuthServer

KEY_FILE = "signing-keys.json"


@dataclass(frozen=True, kw_only=True)
class OAuth:
    db: Database
    clock: Clock
    apps: Apps
    tokens: OAuthTokens
    keys: SigningKeys
    people: People
    orgs: Organisations
    urls: Urls

    @classmethod
    def on(
        cls,
        db: Database,
        *,
        settings: Settings,
        clock: Clock,
        known: KnownActors,
        people: People,
        orgs: Organisations,
        events: Events,
        secret: bytes,
    ) -> Self:
        return cls(
            db=db,
            clock=clock,
            apps=Apps(db=db, clock=clock, known=known, events=events, secret=secret),
            tokens=OAuthTokens(db=db, clock=clock, known=known),
            keys=SigningKeys(settings.data / KEY_FILE),
            people=people,
            orgs=orgs,
            urls=Urls(settings.base_url),
        )

    @cached_property
    def server(self) -> "OAuthServer":
        """Made when the first app signs somebody in: Authlib takes time and memory that most hubs never need."""
        from openhearth.accounts.oauth.server import OAuthServer

        return OAuthServer(
            db=self.db,
            clock=self.clock,
            issuer=self.urls.base,
            tokens=self.tokens,
            keys=self.keys,
            claims_of=self._claims,
        )

    def userinfo(self, actor: Actor) -> Mapping[str, Any]:
        """What the app behind the actor's token may know of them. Raises Unauthenticated, OAuthError."""
        if actor.is_anonymous or actor.token is None:
            raise Unauthenticated(
                "Send the access token in the header Authorization, as a bearer token.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        scopes = actor.token.oauth_scopes
        if scopes is not None and "openid" not in scopes:
            raise OAuthError(
                "insufficient_scope",
                "This token was not given the scope openid.",
                status=403,
                headers={"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="openid"'},
            )
        user = self.people.get_self(actor)
        return claims_of(user, self.orgs.list_memberships(user.id), scopes, urls=self.urls)

    def _claims(self, user_id: str, scopes: frozenset[str]) -> Mapping[str, Any]:
        user = self.people.find_user_by_id(user_id)
        if user is None:
            raise OAuthError("invalid_grant", "The account is gone.")
        return claims_of(user, self.orgs.list_memberships(user_id), scopes, urls=self.urls)
