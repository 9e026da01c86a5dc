"""Tickets that git over SSH gives to git-lfs: an `Authorization` header for the LFS routes of one repo, for an hour.

A ticket names the key that asked for it, not what its owner may do: that is looked up again at each use, so that a deleted key
or a lost role counts at once. Signed like the addresses of objects; nothing is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from openhearth.access import Action, Actor
from openhearth.errors import Forbidden, Unauthenticated
from openhearth.kit.clock import Clock
from openhearth.repos.lfs_grants import Grant, Grants

SCHEME = "RemoteAuth"
LIFETIME = timedelta(hours=1)
_PURPOSES = {"upload": Action.WRITE, "download": Action.READ}

FindActor = Callable[[str], Actor | None]
"""Whom the SSH key with a fingerprint signs in."""


@dataclass(frozen=True)
class Ticket:
    """Good for one repo and, at most, one action."""

    actor: Actor
    repo_key: str
    action: Action


class Tickets:
    def __init__(self, *, secret: bytes, clock: Clock, find_actor: FindActor) -> None:
        self._grants = Grants(secret=secret, clock=clock)
        self._clock = clock
        self._find_actor = find_actor

    def issue(self, fingerprint: str, repo_key: str, operation: str) -> str:
        """The value of an Authorization header. `operation`: upload or download."""
        expires = int((self._clock() + LIFETIME).timestamp())
        grant = Grant(f"ticket {operation}", repo_key, fingerprint, 0, expires, "")
        signed = self._grants.sign(grant)
        return f"{SCHEME} {urlencode({'key': fingerprint, 'repo': repo_key, 'for': operation, **signed})}"

    def read(self, header: str) -> Ticket | None:
        """The ticket in an Authorization header, None if that holds something else. Raises Unauthenticated."""
        scheme, _, text = header.partition(" ")
        if scheme != SCHEME:
            return None
        query = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=20))
        fingerprint, repo_key, operation = (query.get(name, "") for name in ("key", "repo", "for"))
        try:
            self._grants.read(f"ticket {operation}", repo_key, fingerprint, query)
        except Forbidden:
            raise Unauthenticated(
                "This ticket is too old or not of this hub; git-lfs will ask for another."
            ) from None
        actor = self._find_actor(fingerprint)
        if actor is None:
            raise Unauthenticated(
                "The SSH key behind this ticket was deleted; add a new one in your settings."
            )
        return Ticket(actor, repo_key, _PURPOSES[operation])
