"""From the credentials of a request to an actor: the hot path of every door.

One indexed look-up by sha256, remembered for a second. A change made by this process counts at once, one made
by another (a second worker, the command line) within that second. Uses are noted by a thread of their own, at
most once a minute each, so that no request waits for the write lock.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from openhearth.access import NOBODY, Actor, Role, TokenLimits
from openhearth.accounts.errors import TokenInvalid
from openhearth.accounts.known import KnownActors
from openhearth.accounts.oauth.scopes import CONTRIBUTE, namespace_grants, permissions_of
from openhearth.accounts.queries import orgs as org_queries
from openhearth.accounts.queries import people as people_queries
from openhearth.accounts.queries import sessions as session_queries
from openhearth.accounts.queries import tokens as token_queries
from openhearth.accounts.records import AccessToken, Credential
from openhearth.accounts.secret_words import hash_secret
from openhearth.accounts.sessions import SESSION_LIFETIME
from openhearth.db import Database
from openhearth.kit.clock import Clock

log = logging.getLogger(__name__)

USE_NOTED_EVERY = timedelta(minutes=1)


class Identity:
    def __init__(self, *, db: Database, clock: Clock, known: KnownActors) -> None:
        self._db = db
        self._clock = clock
        self._known = known
        self._notes = ThreadPoolExecutor(1, thread_name_prefix="last-used")

    def by_token(self, value: str) -> Actor:
        """The actor behind a token. Raises TokenInvalid for one that is unknown, revoked or expired."""
        actor = self._find(hash_secret(value), token_queries.find_credential, self._note_token_use)
        if actor is None:
            raise TokenInvalid
        return actor

    def by_session(self, value: str) -> Actor:
        """The actor behind a session cookie, NOBODY if it is over."""
        return (
            self._find(hash_secret(value), session_queries.find_credential, self._prolong_session) or NOBODY
        )

    def standing(self, namespace_id: str) -> Actor | None:
        """As whom work is done later: a user with their roles of now, an organisation as one of its own; None if gone."""
        with self._db.read() as rows:
            user = people_queries.find_user_by_id(rows, namespace_id)
            if user is None:
                org = org_queries.find_org_by_id(rows, namespace_id)
                return Actor(user_id=org.id, roles={org.name: Role.READ}) if org is not None else None
            roles = org_queries.roles_of(rows, user.id)
        return Actor(user_id=user.id, name=user.name, is_site_admin=user.is_site_admin, roles=roles)

    def settle(self) -> None:
        """Wait until every use so far is noted."""
        self._notes.submit(lambda: None).result()

    def close(self) -> None:
        self._notes.shutdown(wait=True)

    def _find(
        self, key: str, look_up: Callable[..., Credential | None], note_use: Callable[[Credential], None]
    ) -> Actor | None:
        actor = self._known.find(key)
        if actor is not None:
            return actor
        generation, now = self._known.generation, self._clock()
        with self._db.read() as rows:
            credential = look_up(rows, key)
        if credential is None or (credential.expires_at is not None and credential.expires_at <= now):
            return None
        if credential.last_used_at is None or credential.last_used_at < now - USE_NOTED_EVERY:
            self._notes.submit(self._note, note_use, credential)
        actor = _actor(credential)
        self._known.remember(key, actor, generation=generation)
        return actor

    def _note(self, note_use: Callable[[Credential], None], credential: Credential) -> None:
        try:
            note_use(credential)
        except OperationalError:
            log.warning(
                "the use of a credential of %s could not be noted", credential.user_name, exc_info=True
            )

    def _note_token_use(self, credential: Credential) -> None:
        assert credential.token is not None
        with self._db.write() as rows:
            token_queries.update_token(rows, credential.token.id, last_used_at=self._clock())

    def _prolong_session(self, credential: Credential) -> None:
        assert credential.session_id is not None
        now = self._clock()
        with self._db.write() as rows:
            session_queries.prolong_session(
                rows, credential.session_id, seen_at=now, expires_at=now + SESSION_LIFETIME
            )


def _actor(credential: Credential) -> Actor:
    token = credential.token
    return Actor(
        user_id=credential.user_id,
        name=credential.user_name,
        is_site_admin=credential.is_site_admin,
        roles=credential.roles,
        token=limits_of(token, credential.user_name) if token else None,
        token_id=token.id if token else None,
        session_id=credential.session_id,
    )


def limits_of(token: AccessToken, user_name: str) -> TokenLimits:
    """A token's grants as the access rules read them: addresses of repos hold a slash, namespaces do not.

    The scopes of an app count in the namespace of the person and in the organisations they chose for it.
    """
    scopes = token.oauth_scopes
    limits = TokenLimits(
        scope=token.scope,
        repos={target: action for target, action in token.grants.items() if "/" in target},
        namespaces={target: action for target, action in token.grants.items() if "/" not in target},
        permissions=token.permissions,
        oauth_scopes=scopes,
    )
    if scopes is None:
        return limits
    reached = frozenset({user_name, *token.orgs})
    return replace(
        limits,
        namespaces=namespace_grants(scopes, reached),
        creates=reached if CONTRIBUTE in scopes else frozenset(),
        permissions=permissions_of(scopes),
    )
