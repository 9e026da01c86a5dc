"""The verbs about likes: one person likes a repo or does not, and others may know."""

from openhearth.access import Actor
from openhearth.db import Database
from openhearth.errors import Forbidden, Unauthenticated
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
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
        """What the user `user_id` likes, as far as `actor` may see it."""
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        with self._db.read() as rows:
            found = like_queries.list_of_user(rows, user_id, readable_by(actor), after=after, limit=limit + 1)
        more = encode_cursor(found[limit - 1].repo_key) if len(found) > limit else None
        return Page(found[:limit], more)

    def list_likers(self, repo: Repo, *, limit: int, cursor: str | None = None) -> Page[Like]:
        """Who likes `repo`."""
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        with self._db.read() as rows:
            found = like_queries.list_of_repo(rows, repo.key, after=after, limit=limit + 1)
        more = encode_cursor(found[limit - 1].user_id) if len(found) > limit else None
        return Page(found[:limit], more)


def _liker(actor: Actor) -> str:
    if actor.user_id is None:
        raise Unauthenticated("Liking a repo needs an account; sign in first.")
    if actor.token is not None and actor.token.scope != "write":
        raise Forbidden(f"This token ({actor.token.scope}) does not allow to like repos; use a write token.")
    return actor.user_id
