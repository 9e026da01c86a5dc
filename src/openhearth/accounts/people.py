"""Users: adding them, finding them, what they say of themselves."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy.engine import Connection

from openhearth.access import Actor
from openhearth.accounts.errors import NameTaken, UserNotFound
from openhearth.accounts.known import KnownActors
from openhearth.accounts.permits import require_account, require_site_admin, require_write
from openhearth.accounts.queries import orgs as org_queries
from openhearth.accounts.queries import people as queries
from openhearth.accounts.records import User
from openhearth.accounts.secret_words import PasswordHashing, check_password
from openhearth.db import Database, Duplicate
from openhearth.errors import Conflict, Invalid
from openhearth.events import Events, SignedIn
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.ids import new_id
from openhearth.kit.names import check_namespace
from openhearth.kit.text import is_one_line, is_storable

FULLNAME_MAX_LENGTH = 200
BIO_MAX_LENGTH = 2000
EMAIL_MAX_LENGTH = 320


class People:
    def __init__(
        self, *, db: Database, clock: Clock, known: KnownActors, hashing: PasswordHashing, events: Events
    ) -> None:
        self._events = events
        self._db = db
        self._clock = clock
        self._known = known
        self._hashing = hashing

    def add(
        self,
        actor: Actor,
        name: str,
        *,
        fullname: str | None = None,
        password: str | None = None,
        is_site_admin: bool = False,
    ) -> User:
        """Make an account for somebody else. Raises NameTaken, Invalid."""
        require_site_admin(actor)
        return self.create(name, fullname=fullname, password=password, is_site_admin=is_site_admin)

    def create(
        self,
        name: str,
        *,
        fullname: str | None = None,
        password: str | None = None,
        is_site_admin: bool = False,
        use_link: Callable[[Connection], None] | None = None,
        finish: Callable[[Connection, str], None] | None = None,
    ) -> User:
        """Make an account. For the verbs that have decided that it may be made; checks no permission.

        `use_link` runs in the same transaction, so that a link is used up exactly when the account exists; so does
        `finish`, at its end, with the new id.
        """
        check_namespace(name)
        fullname = check_fullname(fullname or name)
        password_hash = self._hashing.hash(check_password(password)) if password is not None else None
        user_id = new_id()
        try:
            with self._db.write() as rows:
                if use_link is not None:
                    use_link(rows)
                queries.insert_namespace(
                    rows, id=user_id, kind="user", name=name, fullname=fullname, created_at=self._clock()
                )
                queries.insert_user(
                    rows, id=user_id, password_hash=password_hash, is_site_admin=is_site_admin
                )
                if finish is not None:
                    finish(rows, user_id)
        except Duplicate:
            raise NameTaken(name) from None
        self._events.publish(SignedIn(user_id=user_id, user_name=name, is_new=True))
        return self.get_user(name)

    def find_user(self, name: str) -> User | None:
        with self._db.read() as rows:
            return queries.find_user(rows, name)

    def find_user_by_id(self, user_id: str) -> User | None:
        with self._db.read() as rows:
            return queries.find_user_by_id(rows, user_id)

    def list_users_by_id(self, ids: Collection[str]) -> Mapping[str, User]:
        """User id → user, in order of names; those who are gone are left out."""
        with self._db.read() as rows:
            return {user.id: user for user in queries.list_users_by_id(rows, ids)}

    def list_users_by_name(self, names: Collection[str]) -> list[User]:
        """The users of these names, in any case; those that nobody has are left out."""
        with self._db.read() as rows:
            return queries.list_users_by_name(rows, names)

    def list_actors(self, ids: Collection[str]) -> Mapping[str, Actor]:
        """User id → what they may do in a browser. To decide what to tell them, never to act in their name."""
        with self._db.read() as rows:
            users, roles = queries.list_users_by_id(rows, ids), org_queries.list_roles(rows, ids)
        return {
            user.id: Actor(
                user_id=user.id,
                name=user.name,
                is_site_admin=user.is_site_admin,
                roles=roles.get(user.id, {}),
            )
            for user in users
        }

    def get_user(self, name: str) -> User:
        """Raises UserNotFound."""
        user = self.find_user(name)
        if user is None:
            raise UserNotFound(name)
        return user

    def get_self(self, actor: Actor) -> User:
        """The actor's own account. Raises Unauthenticated for nobody."""
        user = self.find_user_by_id(require_account(actor))
        if user is None:
            raise UserNotFound(str(actor.name))
        return user

    def list_users(self, actor: Actor, *, cursor: str | None = None, limit: int = 100) -> Page[User]:
        """Every account in order of names. For site administrators."""
        require_site_admin(actor)
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        with self._db.read() as rows:
            found = queries.list_users(rows, after=after, limit=limit + 1)
        return Page(found[:limit], encode_cursor(found[limit - 1].name) if len(found) > limit else None)

    def set_site_admin(self, actor: Actor, user_id: str, *, is_site_admin: bool) -> None:
        """Let a user administer the hub, or no more. Raises Conflict for the last who does."""
        require_site_admin(actor)
        with self._db.write() as rows:
            queries.update_user(rows, user_id, is_site_admin=is_site_admin)
            if not is_site_admin and not queries.has_site_admin(rows):
                raise Conflict("This hub would be left without an administrator; make another one first.")
        self._known.forget()

    def update_profile(self, actor: Actor, *, fullname: str, bio: str, email: str) -> User:
        """Change what the actor says of themselves. An empty email removes it. Raises Invalid."""
        user_id = require_write(actor)
        fullname, bio, email = check_fullname(fullname), check_bio(bio), _check_email(email)
        with self._db.write() as rows:
            queries.update_namespace(rows, user_id, fullname=fullname, bio=bio)
            queries.update_user(rows, user_id, email=email or None)
        self._known.forget()
        return self.get_self(actor)


def check_fullname(fullname: str) -> str:
    fullname = " ".join(fullname.split())
    if not fullname:
        raise Invalid("fullname: is empty; give the name to show.")
    if not is_one_line(fullname):
        raise Invalid("fullname: holds characters that cannot be shown; take them out.")
    if len(fullname) > FULLNAME_MAX_LENGTH:
        raise Invalid(f"fullname: has {len(fullname)} characters; use at most {FULLNAME_MAX_LENGTH}.")
    return fullname


def check_bio(bio: str) -> str:
    bio = bio.strip()
    if len(bio) > BIO_MAX_LENGTH:
        raise Invalid(f"bio: has {len(bio)} characters; use at most {BIO_MAX_LENGTH}.")
    if not is_storable(bio):
        raise Invalid("bio: holds NUL or half a character; take it out.")
    return bio


def _check_email(email: str) -> str:
    email = email.strip()
    local, at, domain = email.rpartition("@")
    if (
        (email and not (at and local and domain))
        or len(email) > EMAIL_MAX_LENGTH
        or any(c.isspace() for c in email)
        or not is_one_line(email)
    ):
        raise Invalid(f"email: {email[:80]!r} is no mail address; write it as name@domain or leave it empty.")
    return email
