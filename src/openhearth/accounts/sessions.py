"""Signed-in browsers. A session's cookie is 32 random bytes; only its hash is kept.

A session lives 30 days from its last use. Signing in always begins a new one, so that a cookie planted before
is worth nothing afterwards.
"""

from datetime import datetime, timedelta

from openhearth.access import Actor
from openhearth.accounts.known import KnownActors
from openhearth.accounts.permits import require_browser
from openhearth.accounts.queries import people as people_queries
from openhearth.accounts.queries import sessions as queries
from openhearth.accounts.records import NewSession, Session
from openhearth.accounts.secret_words import hash_secret
from openhearth.db import Database
from openhearth.errors import NotFound
from openhearth.events import Events, SignedIn
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id, new_secret

SESSION_LIFETIME = timedelta(days=30)


class Sessions:
    def __init__(self, *, db: Database, clock: Clock, known: KnownActors, events: Events) -> None:
        self._events = events
        self._db = db
        self._clock = clock
        self._known = known

    def begin(self, user_id: str, *, agent: str, id_token: str | None = None) -> NewSession:
        """Sign `user_id` in. For the verbs that have just proved who it is; checks nothing.

        `id_token`: of the provider that says who it is; signing out there asks for it.
        """
        now = self._clock()
        value = new_secret()
        session = Session(
            id=new_id(),
            user_id=user_id,
            agent=agent[:200],
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LIFETIME,
        )
        with self._db.write() as rows:
            queries.delete_expired(rows, now=now)
            queries.insert_session(rows, session, value_hash=hash_secret(value), id_token=id_token)
            user = people_queries.find_user_by_id(rows, user_id)
        if user is not None:
            self._events.publish(SignedIn(user_id=user_id, user_name=user.name))
        return NewSession(value=value, session=session)

    def list_sessions(self, actor: Actor) -> list[Session]:
        """The actor's sessions, the one used last first."""
        user_id = require_browser(actor)
        with self._db.read() as rows:
            return queries.list_sessions(rows, user_id, now=self._clock())

    def began_at(self, actor: Actor) -> datetime:
        """When the actor's browser signed in."""
        user_id = require_browser(actor)
        with self._db.read() as rows:
            session = queries.find_session(rows, actor.session_id or "", user_id=user_id)
        return session.created_at if session else self._clock()

    def find_id_token(self, actor: Actor) -> str | None:
        """What the provider said when this browser signed in there; None if it did not."""
        if actor.session_id is None:
            return None
        with self._db.read() as rows:
            return queries.find_id_token(rows, actor.session_id)

    def end(self, actor: Actor, session_id: str) -> None:
        """Sign one of the actor's own browsers out. Raises NotFound if there is no such session."""
        user_id = require_browser(actor)
        with self._db.write() as rows:
            if not queries.delete_session(rows, session_id, user_id=user_id):
                raise NotFound("Session not found: it ended already.")
        self._known.forget()

    def end_all(self, actor: Actor) -> None:
        """Sign the actor out everywhere."""
        self.end_all_of(require_browser(actor))

    def end_all_of(self, user_id: str) -> None:
        """Sign `user_id` out everywhere. For the verbs that change a password; checks nothing."""
        with self._db.write() as rows:
            queries.delete_sessions(rows, user_id)
        self._known.forget()
