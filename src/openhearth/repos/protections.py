"""Protected branches: they lose no commits and cannot be deleted; some are moved by admins only.

One rule for every door: pushes, commits by the API, and the verbs on branches.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from openhearth.access import Action, Actor
from openhearth.db import Database
from openhearth.errors import Conflict, Forbidden, Invalid, NotFound
from openhearth.events import Events, RepoSettingsChanged
from openhearth.kit.names import check_ref_name
from openhearth.kit.text import is_storable
from openhearth.repos import git_queries as queries
from openhearth.repos.permits import may, require
from openhearth.repos.records import MAIN, BranchProtection, Repo
from openhearth.storage.git import RefUpdate

PROTECTIONS_MOST = 50
PATTERN_MAX_LENGTH = 200
_HEADS = "refs/heads/"


class Protections:
    def __init__(self, *, db: Database, events: Events) -> None:
        self._db = db
        self._events = events

    def list_protections(self, repo: Repo) -> list[BranchProtection]:
        with self._db.read() as rows:
            return queries.list_protections(rows, repo.key)

    def protect(self, actor: Actor, repo: Repo, pattern: str, *, admins_only: bool = False) -> None:
        """Protect the branches that `pattern` names. Raises Invalid for a bad pattern, Conflict for too many."""
        require(actor, Action.ADMIN, repo)
        pattern = pattern.strip()
        if not pattern or len(pattern) > PATTERN_MAX_LENGTH:
            raise Invalid(f"branch: give a name of 1 to {PATTERN_MAX_LENGTH} characters; * stands for any.")
        check_ref_name(pattern.replace("*", "x"), field="branch")
        with self._db.write() as rows:
            known = {found.pattern for found in queries.list_protections(rows, repo.key)}
            if pattern not in known and len(known) >= PROTECTIONS_MOST:
                raise Conflict(
                    f"branch: {PROTECTIONS_MOST} rules are the most for one repo; use * in a name."
                )
            queries.put_protection(rows, repo.key, BranchProtection(pattern, admins_only))
        self._announce(actor, repo, pattern, "admins only" if admins_only else "protected")

    def unprotect(self, actor: Actor, repo: Repo, pattern: str) -> None:
        """Raises NotFound if nothing of that name is protected."""
        require(actor, Action.ADMIN, repo)
        with self._db.write() as rows:
            if not is_storable(pattern) or not queries.delete_protection(rows, repo.key, pattern):
                raise NotFound(f"branch: {pattern[:100]!r} is not protected.")
        self._announce(actor, repo, pattern, "open")

    def _announce(self, actor: Actor, repo: Repo, pattern: str, state: str) -> None:
        self._events.publish(
            RepoSettingsChanged(
                repo_key=repo.key, repo=repo.ref, changes={f"branch {pattern}": state}, actor_name=actor.name
            )
        )

    def refuse_updates(self, actor: Actor, repo: Repo, updates: Sequence[RefUpdate]) -> list[str]:
        """Sentences against deleting protected branches, and against moving those that only admins may."""
        return [
            sentence
            for update in updates
            if (sentence := self._refuse(actor, repo, update.ref, deletes=update.new is None)) is not None
        ]

    def refuse_forced(self, repo: Repo, ref: str) -> str | None:
        """The sentence against `ref` losing commits, None if it may."""
        branch, found = self._find(repo, ref)
        if not found:
            return None
        return (
            f"{branch}: this branch is protected and keeps its history; "
            "push a commit on top of it (git pull --rebase) instead of forcing."
        )

    def check(
        self, actor: Actor, repo: Repo, ref: str, *, deletes: bool = False, forces: bool = False
    ) -> None:
        """Raises Forbidden where a push of the same would be refused."""
        sentence = self._refuse(actor, repo, ref, deletes=deletes)
        if sentence is None and forces:
            sentence = self.refuse_forced(repo, ref)
        if sentence is not None:
            raise Forbidden(sentence)

    def _refuse(self, actor: Actor, repo: Repo, ref: str, *, deletes: bool) -> str | None:
        branch, found = self._find(repo, ref)
        if deletes and found and branch != MAIN:
            return (
                f"{branch}: this branch is protected and cannot be deleted; lift that in the repo's settings."
            )
        if any(p.admins_only for p in found) and not may(actor, Action.ADMIN, repo):
            return f"{branch}: only admins of {repo.id} may change this branch; push to another one and ask them."
        return None

    def _find(self, repo: Repo, ref: str) -> tuple[str, list[BranchProtection]]:
        if not ref.startswith(_HEADS):
            return ref, []
        branch = ref.removeprefix(_HEADS)
        return branch, [p for p in self.list_protections(repo) if _matches(p.pattern, branch)]


def _matches(pattern: str, branch: str) -> bool:
    # Only * is special: names of branches hold no ? and no [.
    return fnmatchcase(branch, pattern)
