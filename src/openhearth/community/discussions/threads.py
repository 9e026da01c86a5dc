"""The verbs about discussions as wholes: open, find, list, rename, close, pin, lock, and turn them off for a repo.

All take a `Repo` that `Catalogue.get` gave to the actor: who may not see the repo never gets here.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

import sqlalchemy as sa

from openhearth.access import Action, Actor
from openhearth.accounts import User
from openhearth.community.discussions import queries
from openhearth.community.discussions.checks import check_text, check_title
from openhearth.community.discussions.records import Discussion, Event, EventKind, Listed, Status, Wanted
from openhearth.db import Database
from openhearth.errors import Conflict, Forbidden, Invalid, NotFound
from openhearth.events import DiscussionChange, DiscussionChanged, Events
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id
from openhearth.repos import Repo
from openhearth.repos.permits import may, require, require_contribute
from openhearth.repos.records import MAIN

PAGE_DISCUSSIONS = 50
EVENTS_MAX = 2000
_ANNOUNCED: Mapping[Status, DiscussionChange] = {"open": "reopened", "closed": "closed"}


class People(Protocol):
    """What is asked of the accounts room."""

    def list_users_by_id(self, ids: Collection[str]) -> Mapping[str, User]: ...


class DiscussionNotFound(NotFound):
    """The repo has no discussion of that number."""


class Threads:
    def __init__(self, *, db: Database, events: Events, clock: Clock) -> None:
        self.db = db
        self.events = events
        self.clock = clock

    # Finding

    def require_enabled(self, repo: Repo) -> None:
        """Raises Forbidden where discussions are turned off."""
        with self.db.read() as rows:
            if queries.is_disabled(rows, repo.key):
                raise Forbidden(
                    f"Discussions are disabled for {repo.id}; its owner can turn them on in its settings."
                )

    def is_enabled(self, repo: Repo) -> bool:
        with self.db.read() as rows:
            return not queries.is_disabled(rows, repo.key)

    def get(self, repo: Repo, number: int) -> Discussion:
        """Raises DiscussionNotFound, Forbidden where discussions are turned off."""
        self.require_enabled(repo)
        with self.db.read() as rows:
            found = queries.find_discussion(rows, repo.key, number)
        if found is None:
            raise DiscussionNotFound(f"{repo.id} has no discussion or pull request #{number}.")
        return found

    def list_discussions(self, repo: Repo, wanted: Wanted, *, page: int = 0) -> Listed:
        """A page of them, pinned ones first, then the newest. Raises Invalid, Forbidden."""
        self.require_enabled(repo)
        if page < 0:
            raise Invalid(f"p: {page} is no page; count from 0.")
        start = page * PAGE_DISCUSSIONS
        with self.db.read() as rows:
            found = queries.list_discussions(rows, repo.key, wanted, skip=start, limit=PAGE_DISCUSSIONS)
            return Listed(found, start, queries.count_discussions(rows, repo.key, wanted))

    def count(self, repo: Repo, wanted: Wanted) -> int:
        with self.db.read() as rows:
            return queries.count_discussions(rows, repo.key, wanted)

    def count_opened(self, author_id: str, repo_keys: sa.Select[Any]) -> int:
        """How many discussions and pull requests somebody opened in some repos."""
        with self.db.read() as rows:
            return queries.count_opened(rows, author_id, repo_keys)

    def list_events(self, discussion: Discussion) -> list[Event]:
        with self.db.read() as rows:
            return queries.list_events(rows, discussion.id, EVENTS_MAX)

    def get_event(self, discussion: Discussion, event_id: str) -> Event:
        """Raises DiscussionNotFound."""
        with self.db.read() as rows:
            found = queries.find_event(rows, discussion.id, event_id.lower())
        if found is None:
            raise DiscussionNotFound(f"#{discussion.number} has no event {event_id[:40]!r}.")
        return found

    # Changing

    def open(self, actor: Actor, repo: Repo, *, title: str, description: str) -> Discussion:
        """Begin a discussion. Raises Unauthenticated, Forbidden, Invalid."""
        require_contribute(actor, repo)
        self.require_enabled(repo)
        title, text = check_title(title), check_text(description, "description")
        discussion = self.insert(actor, repo, title=title, text=text)
        self.announce_opened(actor, repo, discussion, text)
        return discussion

    def insert(
        self,
        actor: Actor,
        repo: Repo,
        *,
        title: str,
        text: str,
        status: Status = "open",
        base: str = MAIN,
        head: str | None = None,
    ) -> Discussion:
        """Give it a number and its first comment, in one transaction. `head` makes it a pull request."""
        now, opening = self.clock(), new_id()
        with self.db.write() as rows:
            discussion = Discussion(
                id=new_id(), repo_key=repo.key, number=queries.take_number(rows, repo.key), title=title,
                status=status, is_pull_request=head is not None, author_id=actor.user_id, created_at=now,
                updated_at=now, base=base, head=head,
            )  # fmt: skip
            queries.insert_discussion(rows, discussion)
            queries.add_event(
                rows,
                discussion.id,
                event_id=opening,
                kind="comment",
                author_id=actor.user_id,
                at=now,
                text=text,
            )
        return discussion

    def rename(self, actor: Actor, repo: Repo, discussion: Discussion, title: str) -> Event:
        """Raises Forbidden unless `actor` opened it or may write to the repo."""
        self.require_steering(actor, repo, discussion)
        title = check_title(title)
        facts = {"from": discussion.title, "to": title}
        event = self._change(actor, discussion, "title-change", facts, title=title)
        self.announce(actor, repo, discussion, "renamed", title=title)
        return event

    def set_status(self, actor: Actor, repo: Repo, discussion: Discussion, status: Status) -> Event:
        """Close, reopen, or publish a draft (by `open`).

        Raises Forbidden unless `actor` opened it or may write to the repo, Conflict where there is nothing to change.
        """
        self.require_steering(actor, repo, discussion)
        allowed: Mapping[Status, Collection[Status]] = {
            "open": ("draft", "closed"),
            "closed": ("draft", "open"),
        }
        if status not in allowed:
            raise Invalid(f"status: {status!r} cannot be set; use open or closed, or merge the pull request.")
        event_id, now = new_id(), self.clock()
        with self.db.write() as rows:
            if not queries.change_status(rows, discussion.id, allowed=allowed[status], status=status):
                raise Conflict(f"#{discussion.number} is {self._status_now(repo, discussion)} already.")
            queries.add_event(
                rows, discussion.id, event_id=event_id, kind="status-change", author_id=actor.user_id, at=now,
                facts={"status": status},
            )  # fmt: skip
        self.announce(actor, repo, discussion, _ANNOUNCED[status])
        return self.get_event(discussion, event_id)

    def _status_now(self, repo: Repo, discussion: Discussion) -> str:
        with self.db.read() as rows:
            found = queries.find_discussion(rows, repo.key, discussion.number)
        return found.status if found else discussion.status

    def set_pinned(self, actor: Actor, repo: Repo, discussion: Discussion, pinned: bool) -> Event:
        """Keep it at the top of the list, or no longer. Writers may."""
        require(actor, Action.WRITE, repo)
        return self._change(actor, discussion, "pinning-change", {"pinned": pinned}, is_pinned=pinned)

    def set_locked(self, actor: Actor, repo: Repo, discussion: Discussion, locked: bool) -> Event:
        """Take no more comments, or again. Writers may."""
        require(actor, Action.WRITE, repo)
        return self._change(actor, discussion, "locking-change", {"locked": locked}, is_locked=locked)

    def set_enabled(self, actor: Actor, repo: Repo, enabled: bool) -> None:
        """Turn discussions and pull requests on or off for a repo; nothing is deleted. Its owners may."""
        require(actor, Action.ADMIN, repo)
        with self.db.write() as rows:
            queries.set_disabled(rows, repo.key, not enabled)

    def _change(
        self,
        actor: Actor,
        discussion: Discussion,
        kind: EventKind,
        facts: Mapping[str, object],
        **values: object,
    ) -> Event:
        event_id = new_id()
        with self.db.write() as rows:
            queries.change_discussion(rows, discussion.id, **values)
            queries.add_event(
                rows, discussion.id, event_id=event_id, kind=kind, author_id=actor.user_id, at=self.clock(),
                facts=facts,
            )  # fmt: skip
        return self.get_event(discussion, event_id)

    # Rules and news that the other verbs share

    def may_steer(self, actor: Actor, repo: Repo, discussion: Discussion) -> bool:
        is_author = actor.user_id is not None and actor.user_id == discussion.author_id
        return is_author or may(actor, Action.WRITE, repo)

    def require_steering(self, actor: Actor, repo: Repo, discussion: Discussion) -> None:
        """Raises Forbidden unless `actor` opened the discussion or may write to the repo."""
        require_contribute(actor, repo)
        if not self.may_steer(actor, repo, discussion):
            raise Forbidden(
                f"Only whoever opened #{discussion.number} and those who may write to {repo.id} can do that."
            )

    def announce_opened(self, actor: Actor, repo: Repo, discussion: Discussion, text: str) -> None:
        """For once all of it can be looked at, its ref too."""
        with self.db.read() as rows:
            opening = queries.list_events(rows, discussion.id, 1)[0]
        said = f"{discussion.title}\n\n{text}"
        self.announce(actor, repo, discussion, "opened", comment_id=opening.id, text=said)

    def announce(
        self, actor: Actor, repo: Repo, discussion: Discussion, change: DiscussionChange, *,
        title: str | None = None, comment_id: str | None = None, text: str = "",
    ) -> None:  # fmt: skip
        self.events.publish(
            DiscussionChanged(
                repo_key=repo.key, repo=repo.ref, number=discussion.number, title=title or discussion.title,
                is_pull_request=discussion.is_pull_request, change=change, actor_id=actor.user_id,
                actor_name=actor.name, comment_id=comment_id, text=text,
            )
        )  # fmt: skip
