"""Locks on files that cannot be merged, as `git lfs lock` keeps them (git-lfs docs/api/locking.md).

A lock is a note for people: git-lfs warns its user before a push that touches a file locked by somebody else. One lock for
each path; whoever may administer the repo can break one.
"""

import hashlib

from openhearth.access import Action, Actor
from openhearth.db import Database, Duplicate
from openhearth.errors import Conflict, Forbidden, NotFound, Unauthenticated
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.ids import new_id
from openhearth.kit.names import check_path
from openhearth.kit.text import is_storable
from openhearth.repos import git_queries as queries
from openhearth.repos.permits import may, require
from openhearth.repos.records import Lock, Repo

LOCKS_MOST = 100  # of one page


class LockTaken(Conflict):
    """Somebody holds this lock; `lock` says who."""

    def __init__(self, lock: Lock) -> None:
        super().__init__(f"already created lock: {lock.path!r} is locked by {lock.user_name}.")
        self.lock = lock


class Locks:
    def __init__(self, *, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def lock(self, actor: Actor, repo: Repo, path: str) -> Lock:
        """Raises LockTaken if somebody has it, Invalid for a bad path."""
        require(actor, Action.WRITE, repo)
        if actor.user_id is None or actor.name is None:
            raise Unauthenticated("path: locking needs an account; sign in first.")
        lock = Lock(new_id(), check_path(path), actor.user_id, actor.name, self._clock())
        try:
            with self._db.write() as rows:
                queries.insert_lock(rows, repo.key, lock, path_hash=_hash(path))
        except Duplicate:
            raise LockTaken(self._held(repo, path)) from None
        return lock

    def list_locks(
        self,
        repo: Repo,
        *,
        path: str | None = None,
        lock_id: str | None = None,
        cursor: str | None = None,
        limit: int = LOCKS_MOST,
    ) -> Page[Lock]:
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        if not is_storable(after) or (lock_id is not None and not is_storable(lock_id)):
            return Page([], None)
        with self._db.read() as rows:
            found = queries.list_locks(
                rows,
                repo.key,
                path_hash=_hash(path) if path else None,
                lock_id=lock_id,
                after=after,
                limit=limit + 1,
            )
        return Page(found[:limit], encode_cursor(found[limit - 1].id) if len(found) > limit else None)

    def unlock(self, actor: Actor, repo: Repo, lock_id: str, *, force: bool = False) -> Lock:
        """Raises NotFound, and Forbidden for the lock of somebody else, unless forced by an admin."""
        require(actor, Action.WRITE, repo)
        with self._db.write() as rows:
            lock = queries.find_lock(rows, repo.key, lock_id) if is_storable(lock_id) else None
            if lock is None:
                raise NotFound(
                    f"lock: there is no lock {lock_id[:40]!r} in {repo.id}; it may be lifted already."
                )
            if lock.user_id != actor.user_id:
                self._require_force(actor, repo, lock, force)
            queries.delete_lock(rows, lock.id)
        return lock

    def _require_force(self, actor: Actor, repo: Repo, lock: Lock, force: bool) -> None:
        if not force:
            raise Forbidden(
                f"lock: {lock.path!r} is locked by {lock.user_name}; ask them, or as an admin use git lfs unlock --force."
            )
        if not may(actor, Action.ADMIN, repo):
            raise Forbidden(
                f"lock: {lock.path!r} is locked by {lock.user_name}; only admins of {repo.id} may break it."
            )

    def _held(self, repo: Repo, path: str) -> Lock:
        found = self.list_locks(repo, path=path).items
        if not found:  # lifted between our two looks
            raise Conflict(f"path: {path[:100]!r} was being unlocked just now; try again.")
        return found[0]


def _hash(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
