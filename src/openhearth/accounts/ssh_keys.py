"""SSH keys: what git over SSH signs in with, and what signed commits are checked against.

A key acts as a write token does: all that its owner may do with repos, nothing that guards the account.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta

from openhearth.access import Actor, TokenLimits
from openhearth.accounts.errors import UserNotFound
from openhearth.accounts.permits import OPERATOR, require_account, require_browser
from openhearth.accounts.public_keys import read_public_key
from openhearth.accounts.queries import people as people_queries
from openhearth.accounts.queries import ssh_keys as queries
from openhearth.accounts.records import SshKey
from openhearth.accounts.throttle import Throttle
from openhearth.db import Database, Duplicate
from openhearth.errors import Conflict, Forbidden, Invalid, NotFound
from openhearth.events import Events, TokenChange, TokenChanged
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id
from openhearth.kit.text import is_one_line

TITLE_MAX_LENGTH = 96
KEYS_MOST = 100
_USE_NOTED_EVERY = timedelta(minutes=1)


class SshKeys:
    def __init__(self, *, db: Database, clock: Clock, throttle: Throttle, events: Events) -> None:
        self._db = db
        self._clock = clock
        self._throttle = throttle
        self._events = events

    def add(self, actor: Actor, *, text: str, title: str = "") -> SshKey:
        """Let a key sign in as the actor. Raises Invalid for no good key, Conflict for one in use."""
        return self._add(require_browser(actor), str(actor.name), text, title, actor)

    def add_for(self, actor: Actor, user_name: str, *, text: str, title: str = "") -> SshKey:
        """Add a key of another user. Only OPERATOR may."""
        if actor is not OPERATOR:
            raise Forbidden("Keys of others are added on the hub's machine: `openhearth admin key add`.")
        with self._db.read() as rows:
            user = people_queries.find_user(rows, user_name)
        if user is None:
            raise UserNotFound(user_name)
        return self._add(user.id, user.name, text, title, actor)

    def list_keys(self, actor: Actor) -> list[SshKey]:
        """The actor's keys, the newest first."""
        with self._db.read() as rows:
            return queries.list_keys(rows, require_account(actor))

    def delete(self, actor: Actor, key_id: str) -> None:
        """End one of the actor's keys: the next command of a connection is refused. Raises NotFound."""
        user_id = require_browser(actor)
        with self._db.write() as rows:
            found = next((key for key in queries.list_keys(rows, user_id) if key.id == key_id), None)
            if found is None or not queries.delete_key(rows, key_id, user_id=user_id):
                raise NotFound("Key not found: it was deleted already.")
        self._announce(found, "revoke", str(actor.name), actor)

    def find_actor(self, fingerprint: str) -> Actor | None:
        """Whom the key with this fingerprint signs in, None if nobody added it. Notes the use."""
        with self._db.read() as rows:
            found = queries.find_credential(rows, fingerprint)
        if found is None:
            return None
        (key_id, owner), now = found, self._clock()
        if owner.last_used_at is None or owner.last_used_at < now - _USE_NOTED_EVERY:
            with self._db.write() as rows:
                queries.note_use(rows, key_id, now)
        return Actor(
            user_id=owner.user_id,
            name=owner.user_name,
            is_site_admin=owner.is_site_admin,
            roles=owner.roles,
            token=TokenLimits(scope="write"),
        )

    def list_owners(self, fingerprints: Collection[str]) -> Mapping[str, str]:
        """Fingerprint → name of whoever added that key here."""
        if not fingerprints:
            return {}
        with self._db.read() as rows:
            return queries.list_owners(rows, fingerprints)

    def check_rate(self, address: str) -> None:
        """Raises TooManyAttempts while `address` has to wait after connections that no key opened."""
        self._throttle.check("ssh", address)

    def note_failure(self, address: str) -> None:
        self._throttle.failed("ssh", address)

    def note_success(self, address: str) -> None:
        self._throttle.succeeded("ssh", address)

    def _add(self, user_id: str, user_name: str, text: str, title: str, actor: Actor) -> SshKey:
        read = read_public_key(text)
        key = SshKey(
            id=new_id(),
            user_id=user_id,
            fingerprint=read.fingerprint,
            kind=read.kind,
            public_key=read.text,
            title=_check_title(title or read.comment or read.kind),
            created_at=self._clock(),
            last_used_at=None,
        )
        try:
            with self._db.write() as rows:
                if len(queries.list_keys(rows, user_id)) >= KEYS_MOST:
                    raise Conflict(f"This account has {KEYS_MOST} keys, as many as it may; delete some.")
                queries.insert_key(rows, key)
        except Duplicate:
            raise Conflict(
                "key: is in use already; each account and machine needs a key of its own."
            ) from None
        self._announce(key, "create", user_name, actor)
        return key

    def _announce(self, key: SshKey, change: TokenChange, user_name: str, actor: Actor) -> None:
        self._events.publish(
            TokenChanged(
                user_name=user_name, token_id=key.id, name=key.title, scope="sshKey", change=change,
                actor_name=actor.name,
            )
        )  # fmt: skip


def _check_title(title: str) -> str:
    title = " ".join(title.split())
    if len(title) > TITLE_MAX_LENGTH or not is_one_line(title):
        raise Invalid(
            f"title: a key's title has 1 to {TITLE_MAX_LENGTH} characters that can be shown, such as the machine's name."
        )
    return title
