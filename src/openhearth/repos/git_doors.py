"""What the doors of git ask of the repos service, and the push that each of them carries out the same way."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from openhearth.access import Action, Actor
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos.push_rules import REGULAR_MAX_BYTES, check_contents
from openhearth.storage.git import GitStore, PushContents, PushRules, RefUpdate


@dataclass(frozen=True)
class RepoHandle:
    """A repo that the actor may act on: its storage key and its public address."""

    key: str
    ref: RepoRef


@dataclass(frozen=True)
class MovedTo:
    """The repo has this address now."""

    ref: RepoRef


class GitRepos(Protocol):
    """What git needs of the repos service."""

    def find_for_git(
        self, actor: Actor, repo_type: RepoType, namespace: str, name: str, action: Action
    ) -> RepoHandle | MovedTo:
        """The repo, if `actor` may do `action` to it. Raises RepoNotFound, Forbidden or Unauthenticated."""
        ...

    def find_to_push(
        self, actor: Actor, repo_type: RepoType, namespace: str, name: str
    ) -> RepoHandle | MovedTo:
        """The repo, if `actor` may push anything to it, be it to a pull request. Raises as `find_for_git`."""
        ...

    def check_push(self, actor: Actor, handle: RepoHandle, updates: Sequence[RefUpdate]) -> Sequence[str]:
        """Sentences against what `actor` would move, none if all is well."""
        ...

    def refuse_forced(self, handle: RepoHandle, ref: str) -> str | None:
        """The sentence against `ref` losing commits, None if it may."""
        ...

    def refuse_size(self, handle: RepoHandle, adding_bytes: int) -> str | None:
        """The sentence against storing so much more, None if there is room."""
        ...

    def after_push(
        self, actor: Actor, handle: RepoHandle, updates: list[tuple[str, str | None, str | None]]
    ) -> None:
        """Learn that refs moved: full name, commit before, commit after."""
        ...


Linked = Callable[[str, Sequence[str], str | None], Mapping[str, int]]
"""The LFS objects of a repo, or just brought to it by a user, among some sha256s, with their sizes."""


class Pushes:
    """One path for what is pushed, through whichever door it comes."""

    def __init__(
        self, *, repos: GitRepos, git: GitStore, linked: Linked, push_max_bytes: int = 50 << 30
    ) -> None:
        self._repos = repos
        self._git = git
        self._linked = linked
        self.max_bytes = push_max_bytes

    def receive(self, actor: Actor, handle: RepoHandle, body: io.FileIO) -> bytes:
        """Carry out the push in `body`, or refuse it; gives what to answer."""
        rules = PushRules(
            large_bytes=REGULAR_MAX_BYTES,
            max_bytes=self.max_bytes,
            check_updates=lambda updates: self._repos.check_push(actor, handle, updates),
            check_forced=lambda ref: self._repos.refuse_forced(handle, ref),
            check_contents=lambda contents: self._check_contents(actor, handle, contents),
        )
        result = self._git.receive_push(handle.key, body, rules)
        if result.moved:
            self._repos.after_push(
                actor, handle, [(update.ref, update.old, update.new) for update in result.moved]
            )
        return result.answer

    def _check_contents(self, actor: Actor, handle: RepoHandle, contents: PushContents) -> list[str]:
        complaints = check_contents(contents, lambda oids: self._linked(handle.key, oids, actor.user_id))
        no_room = self._repos.refuse_size(handle, contents.new_bytes)
        return [*complaints, *([no_room] if no_room else [])]
