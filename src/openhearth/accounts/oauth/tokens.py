"""The tokens that programs get by signing in: short access tokens, each with a refresh token to exchange once.

A refresh token that comes a second time was stolen or lost: the whole authorization ends, for whoever holds it
(RFC 9700 section 4.14.2).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.engine import Connection

from openhearth.accounts.errors import OAuthError
from openhearth.accounts.known import KnownActors
from openhearth.accounts.oauth import queries
from openhearth.accounts.oauth.records import RefreshedToken
from openhearth.accounts.queries import tokens as token_queries
from openhearth.accounts.records import AccessToken, TokenPair
from openhearth.accounts.secret_words import hash_secret, new_oauth_value
from openhearth.db import Database
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id, new_secret


@dataclass(frozen=True)
class Lifetimes:
    access: timedelta
    refresh: timedelta
    # How long the token before still works, for the program's other processes that have not seen the new one.
    overlap: timedelta


# huggingface_hub renews when less than a day is left (utils/_auth.py), so a device's token lives much longer.
OF_DEVICES = Lifetimes(access=timedelta(days=30), refresh=timedelta(days=180), overlap=timedelta(hours=1))
OF_APPS = Lifetimes(access=timedelta(hours=8), refresh=timedelta(days=90), overlap=timedelta(minutes=1))


class OAuthTokens:
    def __init__(self, *, db: Database, clock: Clock, known: KnownActors) -> None:
        self._db = db
        self._clock = clock
        self._known = known

    def authorize(
        self,
        rows: Connection,
        *,
        user_id: str,
        client_id: str,
        app_id: str | None,
        scopes: Collection[str] | None,
        orgs: Collection[str] = (),
        authorization_id: str | None = None,
    ) -> TokenPair:
        """Begin an authorization with its first tokens, in the transaction that uses up what it is exchanged for."""
        authorization_id = authorization_id or new_id()
        queries.insert_authorization(
            rows,
            id=authorization_id,
            user_id=user_id,
            app_id=app_id,
            scopes=scopes,
            orgs=orgs,
            created_at=self._clock(),
        )
        return self._issue(
            rows,
            user_id=user_id,
            client_id=client_id,
            app_id=app_id,
            scopes=scopes,
            authorization_id=authorization_id,
        )

    def find_refreshable(self, refresh_token: str) -> RefreshedToken | None:
        """What stands behind a refresh token that may be exchanged now. One used before ends its authorization."""
        with self._db.read() as rows:
            found = queries.find_refreshed(rows, hash_secret(refresh_token))
        if found is None or found.expires_at is None or found.expires_at <= self._clock():
            return None
        if found.refreshed_at is not None:
            self._end(found.authorization_id)
            return None
        return found

    def refresh(self, found: RefreshedToken) -> TokenPair:
        """Exchange a refresh token for the next pair, once. Raises OAuthError: invalid_grant."""
        now, lifetimes = self._clock(), _lifetimes(found.app_id)
        with self._db.write() as rows:
            fresh = queries.mark_refreshed(rows, found.token_id, at=now, expires_at=now + lifetimes.overlap)
            pair = (
                self._issue(
                    rows,
                    user_id=found.user_id,
                    client_id=found.client_id,
                    app_id=found.app_id,
                    scopes=found.scopes,
                    authorization_id=found.authorization_id,
                )
                if fresh
                else None
            )
        if pair is None:
            self._end(found.authorization_id)
            raise OAuthError("invalid_grant", "This refresh token is expired or used; sign in again.")
        self._known.forget()
        return pair

    def find_behind(self, value: str) -> RefreshedToken | None:
        """What stands behind an access token or a refresh token of OAuth, spent ones included."""
        with self._db.read() as rows:
            hashed = hash_secret(value)
            return queries.find_by_access(rows, hashed) or queries.find_refreshed(rows, hashed)

    def revoke(self, found: RefreshedToken) -> None:
        """End an authorization with all its tokens, at once."""
        self._end(found.authorization_id)

    def end_authorization(self, authorization_id: str) -> None:
        self._end(authorization_id)

    def _end(self, authorization_id: str) -> None:
        with self._db.write() as rows:
            queries.delete_authorization(rows, authorization_id)
        self._known.forget()

    def _issue(
        self,
        rows: Connection,
        *,
        user_id: str,
        client_id: str,
        app_id: str | None,
        scopes: Collection[str] | None,
        authorization_id: str,
    ) -> TokenPair:
        now, value, refresh_value, lifetimes = (
            self._clock(),
            new_oauth_value(),
            new_secret(),
            _lifetimes(app_id),
        )
        token = AccessToken(
            id=new_id(),
            user_id=user_id,
            name="Signed-in device" if app_id is None else "Signed-in app",
            scope="write" if scopes is None else "fineGrained",
            hint=value[-4:],
            created_at=now,
            last_used_at=None,
            expires_at=now + lifetimes.access,
            client_id=client_id,
            authorization_id=authorization_id,
        )
        token_queries.delete_expired(rows, user_id, now=now)
        token_queries.insert_token(
            rows,
            token,
            value_hash=hash_secret(value),
            refresh_hash=hash_secret(refresh_value),
            refresh_expires_at=now + lifetimes.refresh,
        )
        queries.delete_spent_authorizations(rows, user_id)
        return TokenPair(
            access_token=value,
            refresh_token=refresh_value,
            expires_in_s=int(lifetimes.access.total_seconds()),
            scopes=None if scopes is None else frozenset(scopes),
        )


def _lifetimes(app_id: str | None) -> Lifetimes:
    return OF_DEVICES if app_id is None else OF_APPS
