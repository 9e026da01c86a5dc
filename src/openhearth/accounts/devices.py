"""Signing a device in: it shows a code, and its owner types the code into a signed-in browser (RFC 8628).

This is what `hf auth login` does (huggingface_hub 2.4, utils/_oauth_device.py), under a name that nobody has
registered: such a device gets all rights of its person. A registered app gets the scopes it asks for.
"""

from datetime import timedelta

from sqlalchemy.engine import Connection

from openhearth.access import Actor
from openhearth.accounts.errors import OAuthError
from openhearth.accounts.oauth import queries as oauth_queries
from openhearth.accounts.oauth.records import Consent, OAuthApp
from openhearth.accounts.oauth.scopes import ALWAYS, read_scopes
from openhearth.accounts.oauth.tokens import OAuthTokens
from openhearth.accounts.permits import require_browser
from openhearth.accounts.queries import devices as queries
from openhearth.accounts.records import DeviceRequest, DeviceStatus, NewDeviceRequest, TokenPair
from openhearth.accounts.secret_words import hash_secret, new_user_code, read_user_code
from openhearth.accounts.throttle import Throttle
from openhearth.db import Database
from openhearth.errors import Busy, Conflict, NotFound
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id, new_secret
from openhearth.kit.text import is_one_line

REQUEST_LIFETIME = timedelta(minutes=15)
POLL_INTERVAL_S = 2
PENDING_MOST = 1000


class Devices:
    def __init__(self, *, db: Database, clock: Clock, tokens: OAuthTokens, throttle: Throttle) -> None:
        self._db = db
        self._clock = clock
        self._tokens = tokens
        self._throttle = throttle

    def start(self, client_id: str, *, scope: str = "") -> NewDeviceRequest:
        """Begin a request for `client_id`: a registered app, or any name the program gives itself."""
        if not client_id or len(client_id) > 100 or not is_one_line(client_id):
            raise OAuthError("invalid_request", "client_id: is missing or longer than 100 characters.")
        now, device_code = self._clock(), new_secret()
        request = DeviceRequest(
            id=new_id(),
            user_code=new_user_code(),
            client_id=client_id,
            status="pending",
            user_id=None,
            scopes=self._scopes(client_id, scope),
            interval_s=POLL_INTERVAL_S,
            last_polled_at=None,
            expires_at=now + REQUEST_LIFETIME,
        )
        with self._db.write() as rows:
            queries.delete_expired(rows, now=now)
            if queries.count_pending(rows) >= PENDING_MOST:
                raise Busy(
                    "Too many devices wait for their code; try again in a few minutes.",
                    headers={"Retry-After": "60"},
                )
            queries.insert_request(rows, request, device_code_hash=hash_secret(device_code))
        return NewDeviceRequest(device_code=device_code, request=request)

    def find_app(self, client_id: str) -> OAuthApp | None:
        """The registered app behind a request, None for a program that nobody registered."""
        with self._db.read() as rows:
            return oauth_queries.find_app_of_client(rows, client_id)

    def get_pending(self, actor: Actor, user_code: str) -> DeviceRequest:
        """The request whose code the actor typed. Raises NotFound, and TooManyAttempts for guessers."""
        user_id = require_browser(actor)
        self._throttle.check("device", user_id)
        with self._db.read() as rows:
            request = queries.find_by_user_code(rows, read_user_code(user_code))
        if request is None or request.status != "pending" or request.expires_at <= self._clock():
            self._throttle.failed("device", user_id)
            raise NotFound(
                "code: no device waits for this one; type the code it shows, or let it ask for a new one."
            )
        return request

    def answer(self, actor: Actor, user_code: str, *, status: DeviceStatus) -> DeviceRequest:
        """Approve or deny a waiting device; approved, it acts as the actor. Raises as `get_pending` does."""
        user_id, request = require_browser(actor), self.get_pending(actor, user_code)
        with self._db.write() as rows:
            if not queries.settle_request(rows, request.id, status=status, user_id=user_id):
                raise Conflict("code: this device was answered in the meantime.")
            if status == "approved" and request.scopes is not None:
                self._remember_consent(rows, user_id, request.client_id, request.scopes)
        return request

    def poll(self, device_code: str, *, client_id: str) -> TokenPair:
        """Exchange an approved device's code for its tokens, once.

        Raises OAuthError: authorization_pending, slow_down, access_denied or expired_token (RFC 8628, 3.5).
        """
        now = self._clock()
        with self._db.read() as rows:
            request = queries.find_by_device_code(rows, hash_secret(device_code))
        if request is None or request.client_id != client_id or request.expires_at <= now:
            raise OAuthError("expired_token", "This device code is expired or used; start again.")
        if request.status == "pending" or request.user_id is None:
            raise self._still_pending(request)
        with self._db.write() as rows:
            if not queries.delete_request(rows, request.id):
                raise OAuthError("expired_token", "This device code is used; start again.")
            app = oauth_queries.find_app_of_client(rows, client_id)
            pair = (
                None
                if request.status == "denied"
                else self._tokens.authorize(
                    rows,
                    user_id=request.user_id,
                    client_id=client_id,
                    app_id=app.id if app and request.scopes is not None else None,
                    scopes=request.scopes,
                )
            )
        if pair is None:
            raise OAuthError("access_denied", "The sign-in was denied in the browser.")
        return pair

    def renew(self, refresh_token: str, *, client_id: str) -> TokenPair:
        """Exchange the refresh token of an unregistered program for the next pair, once.

        Raises OAuthError: invalid_grant. One that comes a second time signs the device out.
        """
        found = self._tokens.find_refreshable(refresh_token)
        if found is None or found.app_id is not None or found.client_id != client_id:
            raise OAuthError("invalid_grant", "This refresh token is expired or used; sign in again.")
        return self._tokens.refresh(found)

    def _scopes(self, client_id: str, asked: str) -> frozenset[str] | None:
        app = self.find_app(client_id)
        if app is None:
            return None
        return (read_scopes(asked) & app.scopes if asked else app.scopes) | ALWAYS

    def _remember_consent(
        self, rows: Connection, user_id: str, client_id: str, scopes: frozenset[str]
    ) -> None:
        app = oauth_queries.find_app_of_client(rows, client_id)
        if app is None:
            return
        before = oauth_queries.find_consent(rows, user_id=user_id, app_id=app.id)
        consent = Consent(
            app_id=app.id,
            user_id=user_id,
            scopes=scopes | (before.scopes if before else frozenset()),
            orgs=before.orgs if before else frozenset(),
            given_at=self._clock(),
        )
        oauth_queries.replace_consent(rows, consent)

    def _still_pending(self, request: DeviceRequest) -> OAuthError:
        """Note the poll; too quick a one slows the device down by five seconds, as RFC 8628 has it."""
        now = self._clock()
        # Half a second of grace for the network's jitter.
        earliest = (request.last_polled_at or now - timedelta(days=1)) + timedelta(
            seconds=request.interval_s - 0.5
        )
        interval_s = request.interval_s + (5 if now < earliest else 0)
        with self._db.write() as rows:
            queries.update_request(rows, request.id, last_polled_at=now, interval_s=interval_s)
        if interval_s > request.interval_s:
            return OAuthError("slow_down", f"Polled too quickly; wait {interval_s} seconds between polls.")
        return OAuthError("authorization_pending", "Nobody has typed the code yet.")
