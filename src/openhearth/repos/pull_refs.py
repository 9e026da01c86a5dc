"""The git side of pull requests: their refs, what they change, where they contradict their base, and bringing them in.

A *base* is the branch that a pull request is for, by its short name.
Checks only the right to write where a base moves; who may do what to which pull request is ruled above.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from openhearth.access import Action, Actor
from openhearth.errors import Busy, Conflict, RevisionNotFound
from openhearth.events import Events, RefUpdated
from openhearth.kit.clock import Clock
from openhearth.kit.recent import Recent
from openhearth.repos.catalogue import author_email
from openhearth.repos.permits import require
from openhearth.repos.protections import Protections
from openhearth.repos.pull_requests import ref_of
from openhearth.repos.records import Repo
from openhearth.storage import Storage
from openhearth.storage.git import Commit, FileDiff, LineMap, RefMoved

ATTEMPTS = 20
COMMITS_MAX = 250
_HEADS = "refs/heads/"
_REMEMBERED = 2000

Settle = Callable[[str], AbstractContextManager[None]]
"""Called with the merge commit; the base moves inside the block, and its rows stand or fall with that."""


@dataclass(frozen=True)
class Merged:
    """The base after a merge, and before."""

    oid: str
    before: str


class PullRefs:
    def __init__(self, *, storage: Storage, events: Events, clock: Clock, protections: Protections) -> None:
        self._git = storage.git
        self._events = events
        self._clock = clock
        self._protections = protections
        self._conflicts: Recent[tuple[str, str, str, str], tuple[str, ...]] = Recent(_REMEMBERED)
        self._maps: Recent[tuple[str, str, str, str], tuple[LineMap | None]] = Recent(_REMEMBERED)

    def find_head(self, repo: Repo, number: int) -> str | None:
        return self._git.find_ref(repo.key, ref_of(number))

    def create(self, actor: Actor, repo: Repo, number: int, commit: str) -> None:
        self._move(actor, repo, ref_of(number), None, commit)

    def delete(self, actor: Actor, repo: Repo, number: int, head: str) -> None:
        """Raises Conflict if it moved from `head`."""
        self._move(actor, repo, ref_of(number), head, None)

    def get_base(self, repo: Repo, revision: str) -> str:
        """The branch that a pull request against `revision` is for.

        Raises RevisionNotFound for what is no branch, as a commit or a tag (huggingface_hub hf_api.py `create_commit`).
        """
        base = revision.removeprefix(_HEADS)
        if self.find_base(repo, base) is None:
            raise RevisionNotFound(revision, repo.id, sought="branch")
        return base

    def find_base(self, repo: Repo, base: str) -> str | None:
        """The newest commit of the branch `base`; None once it is deleted."""
        return self._git.find_ref(repo.key, _HEADS + base)

    def find_fork(self, repo: Repo, base: str, head: str) -> str | None:
        """Where `head` left `base`; None where they share no commit, because one of them was rewritten or deleted."""
        newest = self.find_base(repo, base)
        return None if newest is None else self._git.find_merge_base(repo.key, newest, head)

    def list_commits(self, repo: Repo, bases: Sequence[str], head: str) -> Sequence[Commit]:
        """The newest commits that `head` has and none of `bases`, oldest first."""
        return self._git.list_between(repo.key, bases, head, limit=COMMITS_MAX)

    def diff(self, repo: Repo, base: str, head: str) -> Sequence[FileDiff]:
        return self._git.diff(repo.key, base, head)

    def patch(self, repo: Repo, base: str, head: str) -> str:
        """The changes in git's unified format."""
        return self._git.patch(repo.key, base, head)

    def follow_line(self, repo: Repo, old: str, new: str, path: str, line: int) -> tuple[str, int] | None:
        """Where a line of a file at `old` stands at `new`: path and number; None if it was changed or removed."""
        place = (repo.key, old, new, path)
        if (found := self._maps.find(place)) is None:
            found = (self._git.follow_lines(*place),)
            self._maps.put(place, found)
        (lines,) = found
        number = lines.find(line) if lines is not None else None
        return (lines.path, number) if lines is not None and number is not None else None

    def list_conflicts(self, repo: Repo, base: str, head: str, *, forked_at: str) -> tuple[str, ...]:
        """The files in which `head` and the newest `base` contradict each other; none once `base` is deleted."""
        newest = self.find_base(repo, base) or forked_at
        place = (repo.key, newest, head, forked_at)
        found = self._conflicts.find(place)
        if found is None:
            found = self._git.find_conflicts(repo.key, newest, head, forked_at=forked_at)
            self._conflicts.put(place, found)
        return found

    def merge(
        self, actor: Actor, repo: Repo, base: str, head: str, *, forked_at: str, message: str, settle: Settle
    ) -> Merged:
        """Bring `head` into `base` as one commit; `base` moves last, by compare-and-swap.

        `forked_at` is where it left `base`, for the case that `base` was rewritten since.

        Raises Forbidden, Conflict where files contradict or `base` is gone, Busy if it keeps moving, and whatever
        `settle` raises.
        """
        require(actor, Action.WRITE, repo)
        ref = _HEADS + base
        self._protections.check(actor, repo, ref)
        for _ in range(ATTEMPTS):
            if (before := self.find_base(repo, base)) is None:
                raise Conflict(
                    f"This pull request cannot be merged: the branch {base!r} it is for was deleted; "
                    "make that branch again, or close the pull request and propose its changes to another one."
                )
            merged = self._git.merge_trees(repo.key, before, head, forked_at=forked_at)
            if merged.conflicts:
                raise Conflict(
                    _conflict_sentence(base, merged.conflicts), filesWithConflicts=list(merged.conflicts)
                )
            oid = self._git.write_squash(
                repo.key, before, merged.tree, message=message, author_name=actor.name or "nobody",
                author_email=author_email(actor), date=self._clock(),
            )  # fmt: skip
            try:
                with settle(oid):
                    self._git.update_ref(repo.key, ref, oid, expected=before)
            except RefMoved:
                continue
            self._announce(actor, repo, ref, before, oid)
            return Merged(oid, before)
        raise Busy(f"{base}: other commits kept arriving; try again in a moment.")

    def _move(self, actor: Actor, repo: Repo, ref: str, old: str | None, new: str | None) -> None:
        try:
            self._git.update_ref(repo.key, ref, new, expected=old)
        except RefMoved:
            raise Conflict(f"{ref} was changed by somebody else just now; look again and retry.") from None
        self._announce(actor, repo, ref, old, new)

    def _announce(self, actor: Actor, repo: Repo, ref: str, old: str | None, new: str | None) -> None:
        self._events.publish(
            RefUpdated(repo_key=repo.key, repo=repo.ref, ref=ref, old=old, new=new, actor_name=actor.name)
        )


def _conflict_sentence(base: str, paths: Sequence[str]) -> str:
    named = ", ".join(repr(path) for path in paths[:5]) + (
        f" and {len(paths) - 5} more" if len(paths) > 5 else ""
    )
    return (
        f"This pull request cannot be merged: {named} changed on {base} too. "
        f"Bring {base} into it and resolve the conflict, then merge."
    )
