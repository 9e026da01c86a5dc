"""The verbs of following: people follow people and organisations, and everybody may know."""

from collections.abc import Callable, Collection

from sqlalchemy.engine import Connection

from openhearth.access import Actor
from openhearth.accounts import Accounts, Organisation, User
from openhearth.accounts.errors import UserNotFound
from openhearth.accounts.permits import require_write
from openhearth.community.follows import queries
from openhearth.community.follows.records import Party
from openhearth.db import Database, Duplicate
from openhearth.errors import Invalid
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor

Read = Callable[[Connection, str, int], list[Party]]


class Follows:
    def __init__(self, *, db: Database, clock: Clock, accounts: Accounts) -> None:
        self._db = db
        self._clock = clock
        self._accounts = accounts

    def get_namespace(self, name: str) -> User | Organisation:
        """Raises UserNotFound."""
        namespace = self._accounts.find_namespace(name)
        if namespace is None:
            raise UserNotFound(name)
        return namespace

    def follow(self, actor: Actor, name: str) -> None:
        """Follow whoever is called `name`. Raises UserNotFound, Invalid, Unauthenticated, Forbidden."""
        user_id, namespace = require_write(actor), self.get_namespace(name)
        if namespace.id == user_id:
            raise Invalid("name: nobody can follow themselves.")
        try:
            with self._db.write() as rows:
                queries.insert_follow(rows, user_id, namespace.id, self._clock())
        except Duplicate:  # the account was deleted meanwhile
            raise UserNotFound(name) from None

    def unfollow(self, actor: Actor, name: str) -> None:
        """Undo `follow`; does nothing if there was none."""
        user_id, namespace = require_write(actor), self.get_namespace(name)
        with self._db.write() as rows:
            queries.delete_follow(rows, user_id, namespace.id)

    def find_followed(self, actor: Actor, ids: Collection[str]) -> Collection[str]:
        """Which of `ids` the actor follows."""
        if actor.user_id is None or not ids:
            return ()
        with self._db.read() as rows:
            return queries.list_followed(rows, actor.user_id, ids)

    def list_followers(self, namespace_id: str, *, limit: int, cursor: str | None = None) -> Page[Party]:
        """Who follows a user or an organisation, in order of their names."""
        return self._page(
            lambda rows, after, most: queries.list_followers(rows, namespace_id, after=after, limit=most),
            limit,
            cursor,
        )

    def list_following(
        self, user_id: str, *, limit: int, cursor: str | None = None, people_only: bool = False
    ) -> Page[Party]:
        """Whom a user follows, in order of their names."""
        return self._page(
            lambda rows, after, most: queries.list_following(
                rows, user_id, people_only=people_only, after=after, limit=most
            ),
            limit,
            cursor,
        )

    def count_followers(self, namespace_id: str) -> int:
        with self._db.read() as rows:
            return queries.count_followers(rows, namespace_id)

    def count_following(self, user_id: str, *, people_only: bool = False) -> int:
        with self._db.read() as rows:
            return queries.count_following(rows, user_id, people_only=people_only)

    def _page(self, read: Read, limit: int, cursor: str | None) -> Page[Party]:
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        with self._db.read() as rows:
            found = read(rows, after, limit + 1)
        return Page(found[:limit], encode_cursor(found[limit - 1].name) if len(found) > limit else None)
