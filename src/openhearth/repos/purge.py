"""Large files removed for good: the repo holds them no more, and history may be written anew without them."""

from collections.abc import Collection

from openhearth.access import Action, Actor
from openhearth.db import Database
from openhearth.errors import Busy, Invalid
from openhearth.events import Events, RefUpdated
from openhearth.repos import queries
from openhearth.repos.large_files import LargeFiles
from openhearth.repos.permits import require
from openhearth.repos.protections import Protections
from openhearth.repos.records import Repo
from openhearth.storage import Storage
from openhearth.storage.git import RefMoved, RefUpdate, parse_pointer

_ATTEMPTS = 5


class Purge:
    def __init__(
        self,
        *,
        db: Database,
        storage: Storage,
        events: Events,
        large_files: LargeFiles,
        protections: Protections,
    ) -> None:
        self._db = db
        self._git = storage.git
        self._events = events
        self._large_files = large_files
        self._protections = protections

    def delete_large_files(
        self, actor: Actor, repo: Repo, sha256s: Collection[str], *, rewrite_history: bool
    ) -> None:
        """End the repo's hold on large files; without `rewrite_history`, pointers to nothing stay behind.

        Irreversible. Other repos that hold the same content keep it. Raises Invalid for one that is no large
        file of the repo, Forbidden if a protected branch would lose commits, Busy if others keep changing
        branches.
        """
        require(actor, Action.WRITE, repo)
        doomed = set(sha256s)
        self._refuse_unknown(repo, doomed)
        moved = self._rewrite(actor, repo, doomed) if rewrite_history else ()
        self._large_files.unlink(repo.key, doomed)
        with self._db.write() as rows:
            queries.delete_large_files(rows, repo.key, doomed)
        for update in moved:
            self._events.publish(
                RefUpdated(
                    repo_key=repo.key, repo=repo.ref, ref=update.ref, old=update.old, new=update.new,
                    actor_name=actor.name,
                )
            )  # fmt: skip

    def _refuse_unknown(self, repo: Repo, sha256s: set[str]) -> None:
        with self._db.read() as rows:
            known = queries.list_known_large_files(rows, repo.key, sha256s)
        if unknown := sha256s - known:
            raise Invalid(f"deletions.sha: {min(unknown)} is no large file of {repo.id}; look at its list.")

    def _rewrite(self, actor: Actor, repo: Repo, sha256s: set[str]) -> tuple[RefUpdate, ...]:
        def is_doomed(content: bytes) -> bool:
            pointer = parse_pointer(content)
            return pointer is not None and pointer.sha256 in sha256s

        def check(update: RefUpdate) -> None:
            self._protections.check(actor, repo, update.ref, forces=True)

        for _ in range(_ATTEMPTS):
            try:
                return self._git.rewrite(repo.key, is_doomed, check)
            except RefMoved:
                continue
        raise Busy(f"{repo.id}: others keep changing its branches; try again in a moment.")
