"""The verbs about likes: one person likes a repo or does not, and others may know."""

from datetime import datetime

from openhearth.access import Actor
from openhearth.db import Database
from openhearth.errors import Forbidden, Unauthenticated
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor, from_micros, to_micros
from openhearth.repos import like_queries
from openhearth.repos.listing import readable_by
from openhearth.repos.records import Like, Repo


class Likes:
    """Takes repos that `Catalogue.get` gave to the actor: whoever may see a repo may like it."""

    def __init__(self, *, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def like(self, actor: Actor, repo: Repo) -> int:
        """Count `actor` among those who like `repo`; gives their number. Raises Unauthenticated, Forbidden."""
        user_id = _liker(actor)
        with self._db.write() as rows:
            like_queries.insert_like(rows, repo.key, user_id, self._clock())
            return like_queries.count_again(rows, repo.key)

    def unlike(self, actor: Actor, repo: Repo) -> int:
        """Undo `like`; does nothing if there was none. Raises Unauthenticated, Forbidden."""
        user_id = _liker(actor)
        with self._db.write() as rows:
            like_queries.delete_like(rows, repo.key, user_id)
            return like_queries.count_again(rows, repo.key)

    def has_liked(self, actor: Actor, repo: Repo) -> bool:
        if actor.user_id is None:
            return False
        with self._db.read() as rows:
            return like_queries.has_like(rows, repo.key, actor.user_id)

    def list_liked(self, actor: Actor, user_id: str, *, limit: int, cursor: str | None = None) -> Page[Like]:
        """What the user `user_id` likes, liked last first, as far as `actor` may see it."""
        before = _position_in(cursor) if cursor else None
        with self._db.read() as rows:
            found = like_queries.list_of_user(
                rows, user_id, readable_by(actor), before=before, limit=limit + 1
            )
        last = found[limit - 1] if len(found) > limit else None
        return Page(found[:limit], encode_cursor(to_micros(last.at), last.repo_key) if last else None)

    def count_liked(self, actor: Actor, user_id: str) -> int:
        """How much of what the user `user_id` likes `actor` may see."""
        with self._db.read() as rows:
            return like_queries.count_of_user(rows, user_id, readable_by(actor))

    def list_likers(self, repo: Repo, *, limit: int, cursor: str | None = None) -> Page[Like]:
        """Who likes `repo`."""
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        with self._db.read() as rows:
            found = like_queries.list_of_repo(rows, repo.key, after=after, limit=limit + 1)
        more = encode_cursor(found[limit - 1].user_id) if len(found) > limit else None
        return Page(found[:limit], more)


def _position_in(cursor: str) -> tuple[datetime, str]:
    at, key = decode_cursor(cursor, 2)
    return from_micros(at), str(key)


def _liker(actor: Actor) -> str:
    if actor.user_id is None:
        raise Unauthenticated("Liking a repo needs an account; sign in first.")
    if actor.token is not None and actor.token.scope != "write":
        raise Forbidden(f"This token ({actor.token.scope}) does not allow to like repos; use a write token.")
    return actor.user_id
