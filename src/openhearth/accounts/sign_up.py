"""New accounts that people make themselves: openly, by invite, or not at all, as the setting `sign_up` says.

An invite is a link for one person, good for a week. Only its hash is kept.
"""

from datetime import timedelta

from sqlalchemy.engine import Connection

from openhearth.access import Actor
from openhearth.accounts.errors import LinkNotFound
from openhearth.accounts.people import People
from openhearth.accounts.permits import require_site_admin
from openhearth.accounts.queries import sessions as queries
from openhearth.accounts.records import Invite, NewInvite, User
from openhearth.accounts.secret_words import check_password, hash_secret
from openhearth.config import SignUp as SignUpPolicy
from openhearth.db import Database
from openhearth.errors import Forbidden
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id, new_secret

INVITE_LIFETIME = timedelta(days=7)


class SignUp:
    def __init__(
        self, *, db: Database, clock: Clock, people: People, policy: SignUpPolicy, by_password: bool = True
    ) -> None:
        self._by_password = by_password
        self._db = db
        self._clock = clock
        self._people = people
        self.policy = policy

    def check_open(self, invite_secret: str | None) -> None:
        """Raises unless an account may be made now: Forbidden, or LinkNotFound for a spent invite."""
        if not self._by_password:
            raise Forbidden("This hub takes no passwords; sign in at its provider, and the account is made.")
        if self.policy == "closed":
            raise Forbidden("This hub takes no new accounts; ask its administrator for one.")
        if invite_secret is not None:
            self._get_invite(invite_secret)
        elif self.policy == "invite":
            raise Forbidden("This hub takes new accounts by invite; ask its administrator for a link.")

    def join(self, name: str, *, password: str, fullname: str = "", invite_secret: str | None = None) -> User:
        """Make an account, using up the invite. Raises NameTaken, Invalid and what `check_open` raises."""
        self.check_open(invite_secret)
        check_password(password)

        def use_invite(rows: Connection) -> None:
            invite = queries.find_open_invite(rows, hash_secret(invite_secret or ""), now=self._clock())
            if invite is None or not queries.use_invite(rows, invite.id, used_by=name):
                raise LinkNotFound("invite")

        use_link = use_invite if invite_secret is not None else None
        return self._people.create(name, fullname=fullname, password=password, use_link=use_link)

    def invite(self, actor: Actor, *, note: str = "") -> NewInvite:
        """Make a link for one person. For site administrators."""
        require_site_admin(actor)
        now, secret = self._clock(), new_secret(24)
        invite = Invite(
            id=new_id(),
            note=note.strip()[:200],
            created_by=actor.name or "operator",
            created_at=now,
            expires_at=now + INVITE_LIFETIME,
            used_by=None,
        )
        with self._db.write() as rows:
            queries.insert_invite(rows, invite, secret_hash=hash_secret(secret))
        return NewInvite(secret=secret, invite=invite)

    def list_invites(self, actor: Actor) -> list[Invite]:
        """Every invite, the newest first. For site administrators."""
        require_site_admin(actor)
        with self._db.read() as rows:
            return queries.list_invites(rows)

    def is_open(self, invite: Invite) -> bool:
        """Whether somebody can still make an account with it."""
        return invite.used_by is None and invite.expires_at > self._clock()

    def withdraw(self, actor: Actor, invite_id: str) -> None:
        require_site_admin(actor)
        with self._db.write() as rows:
            queries.delete_invite(rows, invite_id)

    def _get_invite(self, secret: str) -> Invite:
        with self._db.read() as rows:
            invite = queries.find_open_invite(rows, hash_secret(secret), now=self._clock())
        if invite is None:
            raise LinkNotFound("invite")
        return invite
