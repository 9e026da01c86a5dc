"""Signing a device in: it shows a code, and its owner types the code into a signed-in browser (RFC 8628).

This is what `hf auth login` does (huggingface_hub 2.4, utils/_oauth_device.py). It renews its token when less
than a day of it is left, so a token lives much longer than that.
"""

from datetime import timedelta

from sqlalchemy.engine import Connection

from openhearth.access import Actor
from openhearth.accounts.errors import OAuthError
from openhearth.accounts.known import KnownActors
from openhearth.accounts.permits import require_browser
from openhearth.accounts.queries import devices as queries
from openhearth.accounts.queries import tokens as token_queries
from openhearth.accounts.records import AccessToken, DeviceRequest, DeviceStatus, NewDeviceRequest, TokenPair
from openhearth.accounts.secret_words import hash_secret, new_oauth_value, new_user_code, read_user_code
from openhearth.accounts.throttle import Throttle
from openhearth.db import Database
from openhearth.errors import Busy, Conflict, NotFound
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id, new_secret
from openhearth.kit.text import is_one_line

REQUEST_LIFETIME = timedelta(minutes=15)
ACCESS_LIFETIME = timedelta(days=30)
REFRESH_LIFETIME = timedelta(days=180)
# How long the token before still works, for the device's other programs that have not seen the new one.
OVERLAP = timedelta(hours=1)
POLL_INTERVAL_S = 2
PENDING_MOST = 1000


class Devices:
    def __init__(self, *, db: Database, clock: Clock, known: KnownActors, throttle: Throttle) -> None:
        self._db = db
        self._clock = clock
        self._known = known
        self._throttle = throttle

    def start(self, client_id: str) -> NewDeviceRequest:
        """Begin a request for `client_id`, which is any name the program gives itself."""
        if not client_id or len(client_id) > 100 or not is_one_line(client_id):
            raise OAuthError("invalid_request", "client_id: is missing or longer than 100 characters.")
        now, device_code = self._clock(), new_secret()
        request = DeviceRequest(
            id=new_id(),
            user_code=new_user_code(),
            client_id=client_id,
            status="pending",
            user_id=None,
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
            pair = None if request.status == "denied" else self._issue(rows, request.user_id, client_id)
        if pair is None:
            raise OAuthError("access_denied", "The sign-in was denied in the browser.")
        return pair

    def renew(self, refresh_token: str, *, client_id: str) -> TokenPair:
        """Exchange a refresh token for the next pair, once. Raises OAuthError: invalid_grant."""
        now = self._clock()
        with self._db.write() as rows:
            token = token_queries.find_refreshable(rows, hash_secret(refresh_token), now=now)
            if token is None or token.client_id != client_id:
                raise OAuthError("invalid_grant", "This refresh token is expired or used; sign in again.")
            token_queries.update_token(
                rows,
                token.id,
                expires_at=min(now + OVERLAP, token.expires_at or now),
                refresh_hash=None,
                refresh_expires_at=None,
            )
            pair = self._issue(rows, token.user_id, client_id)
        self._known.forget()
        return pair

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

    def _issue(self, rows: Connection, user_id: str, client_id: str) -> TokenPair:
        """Make the token pair, in the transaction that uses up what it is exchanged for."""
        now, value, refresh_value = self._clock(), new_oauth_value(), new_secret()
        token = AccessToken(
            id=new_id(),
            user_id=user_id,
            name="Signed-in device",
            scope="write",
            hint=value[-4:],
            created_at=now,
            last_used_at=None,
            expires_at=now + ACCESS_LIFETIME,
            client_id=client_id,
        )
        token_queries.delete_expired(rows, user_id, now=now)
        token_queries.insert_token(
            rows,
            token,
            value_hash=hash_secret(value),
            refresh_hash=hash_secret(refresh_value),
            refresh_expires_at=now + REFRESH_LIFETIME,
        )
        return TokenPair(
            access_token=value, refresh_token=refresh_value, expires_in_s=int(ACCESS_LIFETIME.total_seconds())
        )
