"""Signing in by name and password, and changing the password.

Nobody learns here which names exist: an unknown name, an account without a password and a wrong password give
the same sentence after the same time, and wait alike after failures.
"""

from openhearth.access import Actor
from openhearth.accounts.errors import SignInFailed, UserNotFound
from openhearth.accounts.permits import require_browser, require_site_admin
from openhearth.accounts.queries import people as queries
from openhearth.accounts.records import NewSession, User
from openhearth.accounts.secret_words import PasswordHashing, check_password
from openhearth.accounts.sessions import Sessions
from openhearth.accounts.throttle import Throttle
from openhearth.db import Database
from openhearth.errors import Forbidden, Invalid


class SignIn:
    def __init__(
        self,
        *,
        db: Database,
        sessions: Sessions,
        throttle: Throttle,
        hashing: PasswordHashing,
        by_password: bool = True,
    ) -> None:
        self.is_offered = by_password
        self._db = db
        self._sessions = sessions
        self._throttle = throttle
        self._hashing = hashing

    def by_password(self, name: str, password: str, *, address: str, agent: str = "") -> NewSession:
        """Begin a session. Raises SignInFailed, and TooManyAttempts after failures from `address`.

        Forbidden where single sign-on is the only way in.
        """
        if not self.is_offered:
            raise Forbidden("This hub takes no passwords; sign in at its provider.")
        self._throttle.check("password", name, address)
        user = self._match(name, password)
        if user is None:
            self._throttle.failed("password", name, address)
            raise SignInFailed
        self._throttle.succeeded("password", name, address)
        return self._sessions.begin(user.id, agent=agent)

    def change_password(
        self, actor: Actor, *, current: str, new: str, address: str, agent: str = ""
    ) -> NewSession:
        """Set the actor's password and sign every browser out. The session returned is for this one.

        `current` is not asked for where there is none yet. Raises Invalid, TooManyAttempts.
        """
        user_id = require_browser(actor)
        self._throttle.check("password", str(actor.name), address)
        with self._db.read() as rows:
            stored = queries.find_password_hash(rows, user_id)
        if stored is not None and not self._hashing.matches(stored, current):
            self._throttle.failed("password", str(actor.name), address)
            raise Invalid("current password: is not the password of this account; type it again.")
        self._store(user_id, new)
        self._throttle.succeeded("password", str(actor.name), address)
        return self._sessions.begin(user_id, agent=agent)

    def reset_password(self, actor: Actor, name: str, new: str) -> None:
        """Set somebody's password and sign them out everywhere. For site administrators."""
        require_site_admin(actor)
        with self._db.read() as rows:
            user = queries.find_user(rows, name)
        if user is None:
            raise UserNotFound(name)
        self._store(user.id, new)

    def _match(self, name: str, password: str) -> User | None:
        with self._db.read() as rows:
            user = queries.find_user(rows, name)
            stored = queries.find_password_hash(rows, user.id) if user else None
        return user if self._hashing.matches(stored, password) else None

    def _store(self, user_id: str, password: str) -> None:
        password_hash = self._hashing.hash(check_password(password))
        with self._db.write() as rows:
            queries.update_user(rows, user_id, password_hash=password_hash)
        self._sessions.end_all_of(user_id)
