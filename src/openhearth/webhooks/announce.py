"""From events to deliveries: who watches what happened, and may see it.

Runs where the event is published, after the fact: one indexed look-up where nobody watches.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from openhearth.access import Action, RepoResource, decide
from openhearth.db import Database
from openhearth.errors import NotFound
from openhearth.events import DiscussionChanged, RepoDeleted, RepoMoved, Subscribers
from openhearth.jobs import Queue
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id
from openhearth.kit.names import RepoRef
from openhearth.repos import Repo
from openhearth.urls import Urls
from openhearth.webhooks import queries
from openhearth.webhooks.owners import People
from openhearth.webhooks.payloads import (
    DiscussionFacts,
    Happened,
    RepoFacts,
    Told,
    describe,
    happened,
)
from openhearth.webhooks.records import Delivery, Watched, WatchedType, Webhook

KIND = "webhooks.deliver"
ATTEMPTS_MAX = 8
DELIVERIES_KEPT = 100
# A try that ends with its process is no failure of the receiver: the queue is a little more patient than we are.
_JOB_ATTEMPTS_MAX = ATTEMPTS_MAX + 4
GetDiscussion = Callable[[Repo, int], DiscussionFacts]


class ReposAsked(Protocol):
    """What this room asks of the repos room."""

    def find_by_key(self, key: str) -> Repo | None: ...

    def describe(self, repo: Repo) -> tuple[str | None, tuple[str, ...]]:
        """The commit at the head of `main`, and the repo's tags."""
        ...


class Announcer:
    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        urls: Urls,
        queue: Queue,
        people: People,
        repos: ReposAsked,
        get_discussion: GetDiscussion | None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._urls = urls
        self._queue = queue
        self._people = people
        self._repos = repos
        self._get_discussion = get_discussion

    def subscriptions(self, kinds: tuple[type, ...]) -> Subscribers:
        return dict.fromkeys(kinds, self.tell)

    def tell(self, event: Told) -> None:
        """Make a delivery for each webhook that watches what `event` is about and may see it."""
        ref = event.old if isinstance(event, RepoMoved) else event.repo
        with self._db.read() as rows:
            watching = queries.list_watching(rows, watched_names(ref))
        if not watching:
            return
        resource = self._resource(event, ref)
        watching = [hook for hook in watching if self.may_see(hook, resource)]
        what = self._what(event) if watching else None
        told = [hook for hook in watching if what is not None and what.domain in hook.domains]
        if told and what is not None:
            self._deliver(told, what, self._facts(event, ref, resource))
        if isinstance(event, RepoMoved):
            self._follow(watching, event)

    def may_see(self, webhook: Webhook, resource: RepoResource) -> bool:
        """Whether the webhook's owner may read what it would tell of."""
        actor = self._people.find_standing(webhook.owner_id)
        return actor is not None and decide(actor, Action.READ, resource).allowed

    def put(self, webhook: Webhook, repo_key: str, event: str, payload: Mapping[str, Any]) -> Delivery:
        """Write a delivery down, with the job that makes it."""
        delivery = Delivery(
            id=new_id(), webhook_id=webhook.id, repo_key=repo_key, event=event, payload=payload,
            created_at=self._clock(), state="waiting", attempts=0, tried_at=None, status=None, answer=None,
            duration_ms=None, error=None,
        )  # fmt: skip
        with self._db.write() as rows:
            queries.insert_delivery(rows, delivery, keep=DELIVERIES_KEPT)
            self._queue.enqueue(rows, KIND, {"delivery": delivery.id}, attempts_max=_JOB_ATTEMPTS_MAX)
        return delivery

    def resource_of(self, delivery: Delivery) -> RepoResource:
        """What the delivery's repo is now; what it was where it is gone."""
        repo = self._repos.find_by_key(delivery.repo_key)
        if repo is not None:
            return repo.resource
        said = delivery.payload["repo"]
        namespace, _, name = said["name"].partition("/")
        return RepoResource(
            ref=RepoRef(said["type"], namespace, name), visibility="private" if said["private"] else "public"
        )

    def _what(self, event: Told) -> Happened | None:
        known, owner = None, ""
        if isinstance(event, DiscussionChanged):
            known = self._discussion(event)
        if isinstance(event, RepoMoved):
            owner = self._owner_id(event.new.namespace)
        return happened(event, urls=self._urls, moved_to_owner=owner, discussion=known)

    def _discussion(self, event: DiscussionChanged) -> DiscussionFacts | None:
        repo = self._repos.find_by_key(event.repo_key)
        if repo is None or self._get_discussion is None:
            return None
        try:
            return self._get_discussion(repo, event.number)
        except NotFound:
            return None

    def _deliver(self, hooks: list[Webhook], what: Happened, facts: RepoFacts) -> None:
        for hook in hooks:
            self.put(hook, facts.key, what.words, describe(what, facts, hook.id, urls=self._urls))

    def _resource(self, event: Told, ref: RepoRef) -> RepoResource:
        """A repo of which nothing is known any more is taken for private."""
        repo = self._repos.find_by_key(event.repo_key)
        if repo is not None:
            return repo.resource
        public = isinstance(event, RepoDeleted) and not event.is_private
        return RepoResource(ref=ref, visibility="public" if public else "private")

    def _facts(self, event: Told, ref: RepoRef, resource: RepoResource) -> RepoFacts:
        repo = self._repos.find_by_key(event.repo_key)
        head, tags = self._repos.describe(repo) if repo is not None else (None, ())
        return RepoFacts(
            key=event.repo_key, ref=ref, owner_id=self._owner_id(ref.namespace),
            is_private=resource.visibility != "public", head=head, tags=tags,
        )  # fmt: skip

    def _owner_id(self, namespace: str) -> str:
        found = self._people.find_namespace(namespace)
        return found.id if found is not None else "0" * 24

    def _follow(self, hooks: list[Webhook], event: RepoMoved) -> None:
        """Watches of the repo itself go with it."""
        old, new = (Watched(_kind(ref), ref.id) for ref in (event.old, event.new))
        with self._db.write() as rows:
            for hook in hooks:
                queries.rename_watched(rows, hook.id, old, new)


def watched_names(ref: RepoRef) -> list[Watched]:
    """All that a webhook may watch to be told of `ref`."""
    return [Watched(_kind(ref), ref.id), Watched("user", ref.namespace), Watched("org", ref.namespace)]


def _kind(ref: RepoRef) -> WatchedType:
    return ref.type
