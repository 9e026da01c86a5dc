"""Signed permissions of the chunk store: access tokens, and addresses of byte ranges of xorbs.

Both are HMACs over everything they permit, so that no row is needed to check them. Knows no user but by id.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import urlencode

from openhearth.errors import Forbidden, Unauthenticated
from openhearth.kit.clock import Clock, utc_now
from openhearth.kit.ranges import ByteRange

XetScope = Literal["read", "write"]

TOKEN_LIFETIME_S = 3600
RANGE_LIFETIME_S = 3600
_GRACE_S = 60  # clients refresh 30 s before the end; their clock may be behind
_KEY_CONTEXT = b"openhearth xet signatures"


@dataclass(frozen=True, kw_only=True)
class XetGrant:
    """What a token permits: one scope in one repo. `uploader` is a user's id, empty for nobody.

    `only_proposes`: they may not write to the repo, so they learn nothing of what its namespace keeps to itself,
    and what they claim must prove itself at once.
    """

    uploader: str
    repo_key: str
    namespace: str
    is_public: bool
    scope: XetScope
    only_proposes: bool = False


@dataclass(frozen=True)
class IssuedToken:
    text: str
    expires_at: int  # unix seconds


class XetSigner:
    def __init__(self, *, key: bytes, clock: Clock = utc_now) -> None:
        self._key = hmac.digest(key, _KEY_CONTEXT, hashlib.sha256)
        self._clock = clock

    def issue_token(self, grant: XetGrant, *, lifetime_s: int = TOKEN_LIFETIME_S) -> IssuedToken:
        """A token for `grant`; write includes read."""
        expires_at = self._now() + lifetime_s
        claims = json.dumps({**asdict(grant), "exp": expires_at}, separators=(",", ":"))
        payload = _encode(claims.encode())
        return IssuedToken(f"{payload}.{self._sign('token', payload)}", expires_at)

    def read_token(self, text: str, *, scope: XetScope) -> XetGrant:
        """What `text` permits. Raises Unauthenticated if it is not valid, Forbidden if it lacks `scope`."""
        payload, _, signature = text.partition(".")
        if not _equal(signature, self._sign("token", payload)):
            raise Unauthenticated("Xet token: is missing or not from this hub; ask for a new one and retry.")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        if claims.pop("exp") + _GRACE_S < self._now():
            raise Unauthenticated("Xet token: has expired; ask for a new one and retry.")
        grant = XetGrant(**claims)
        if scope == "write" and grant.scope != "write":
            raise Forbidden("Xet token: permits reading only; ask for a write token.")
        return grant

    def sign_range(self, xorb: str, span: ByteRange) -> str:
        """The query of an address at which exactly `span` of `xorb` may be read, for an hour."""
        expires = self._now() + RANGE_LIFETIME_S
        start, end = str(span.start), str(span.end)
        signature = self._sign("range", xorb, start, end, str(expires))
        return urlencode({"start": start, "end": end, "expires": expires, "signature": signature})

    def check_range(self, xorb: str, *, start: str, end: str, expires: str, signature: str) -> ByteRange:
        """The span that such a query permits. Raises Forbidden: clients then ask for a new plan."""
        if (
            not _equal(signature, self._sign("range", xorb, start, end, expires))
            or int(expires) < self._now()
        ):
            raise Forbidden(
                "This address has expired or was not given by this hub; ask for the file's plan again."
            )
        return ByteRange(int(start), int(end))

    def _sign(self, *parts: str) -> str:
        return _encode(hmac.digest(self._key, "\n".join(parts).encode(errors="replace"), hashlib.sha256))

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
