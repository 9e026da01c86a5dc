"""Signed addresses of LFS objects: who holds one may do one thing to one object of one repo for a while.

Signed by HMAC-SHA256 over everything that the address allows; nothing is stored.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from openhearth.errors import Forbidden
from openhearth.kit.clock import Clock


@dataclass(frozen=True)
class Grant:
    """What a signed address allows: `purpose` on one object of one repo until `expires` (Unix seconds).

    `is_proposed`: what arrives is its user's alone until a commit names it.
    """

    purpose: str
    repo_key: str
    oid: str
    size_bytes: int
    expires: int
    user_id: str
    is_proposed: bool = False


class Grants:
    def __init__(self, *, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def sign(self, grant: Grant) -> dict[str, str]:
        """The query that makes an address a signed one; purpose, repo and object stand in its path."""
        return {
            "size": str(grant.size_bytes),
            "expires": str(grant.expires),
            "user": grant.user_id,
            "proposed": "1" if grant.is_proposed else "",
            "signature": self._signature(grant),
        }

    def read(self, purpose: str, repo_key: str, oid: str, query: Mapping[str, str]) -> Grant:
        """The grant of a signed address. Raises Forbidden if it is not of our making or too old."""
        with suppress(KeyError, ValueError):
            size_bytes, expires = int(query["size"]), int(query["expires"])
            grant = Grant(
                purpose,
                repo_key,
                oid,
                size_bytes,
                expires,
                query.get("user", ""),
                query.get("proposed") == "1",
            )
            if hmac.compare_digest(self._signature(grant).encode(), query["signature"].encode()):
                if expires < self._clock().timestamp():
                    raise Forbidden("This address has expired; ask the batch API for a new one.")
                return grant
        raise Forbidden("This address was not signed by this hub for this use; ask the batch API for one.")

    def _signature(self, grant: Grant) -> str:
        fields = (
            grant.purpose,
            grant.repo_key,
            grant.oid,
            grant.size_bytes,
            grant.expires,
            grant.user_id,
            "proposed" if grant.is_proposed else "held",
        )
        message = "|".join(("lfs", *(str(field) for field in fields)))
        digest = hmac.new(self._secret, message.encode(), "sha256").digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
