"""The owner's way in: a hub has no default password, it prints a one-time link until somebody has opened it.

Each start makes a new link and voids the one before; only its hash is kept. Once there is a site
administrator, however made, no link opens anything.
"""

from sqlalchemy.engine import Connection

from openhearth.accounts.errors import LinkNotFound
from openhearth.accounts.people import People
from openhearth.accounts.queries import people as queries
from openhearth.accounts.records import User
from openhearth.accounts.secret_words import hash_secret
from openhearth.db import Database
from openhearth.kit.ids import new_secret


class FirstStart:
    def __init__(self, *, db: Database, people: People) -> None:
        self._db = db
        self._people = people

    def link(self) -> str | None:
        """The path of a fresh link, None if the hub has its owner."""
        secret = new_secret()
        with self._db.write() as rows:
            if queries.has_site_admin(rows):
                return None
            queries.replace_setup_link(rows, hash_secret(secret))
        return f"/setup/{secret}"

    def check(self, secret: str) -> None:
        """Raises LinkNotFound unless `secret` is that of the last link and the hub has no owner."""
        with self._db.read() as rows:
            if queries.has_site_admin(rows) or not queries.has_setup_link(rows, hash_secret(secret)):
                raise LinkNotFound("setup")

    def claim(self, secret: str, name: str, *, password: str | None = None, fullname: str = "") -> User:
        """Make the owner and use the link up. Raises LinkNotFound, NameTaken, Invalid."""

        def use_link(rows: Connection) -> None:
            if queries.has_site_admin(rows) or not queries.delete_setup_link(rows, hash_secret(secret)):
                raise LinkNotFound("setup")

        return self._people.create(
            name, fullname=fullname, password=password, is_site_admin=True, use_link=use_link
        )

    def owner_has_password(self) -> bool:
        with self._db.read() as rows:
            return queries.has_site_admin(rows, with_password=True)
