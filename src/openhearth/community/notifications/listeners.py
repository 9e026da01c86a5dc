"""From events to notifications: each in one transaction, for a bounded number of people."""

from openhearth.community.notifications import queries, watch_queries
from openhearth.community.notifications.recipients import FindMentions, People, Recipients
from openhearth.community.notifications.records import News
from openhearth.db import Database
from openhearth.events import AccessRequested, DiscussionChanged, RepoCreated
from openhearth.kit.clock import Clock
from openhearth.repos import Repos

_QUIET = frozenset({"edited", "hidden"})  # only those whom an edit mentions are told


class Listeners:
    def __init__(
        self, *, db: Database, clock: Clock, people: People, repos: Repos, find_mentions: FindMentions
    ) -> None:
        self._db = db
        self._clock = clock
        self._people = people
        self._catalogue = repos.catalogue
        self._find_mentions = find_mentions

    def on_discussion(self, event: DiscussionChanged) -> None:
        """Tell of what was said or done: those mentioned, taking part, watching and looking after the repo."""
        repo = self._catalogue.find_by_key(event.repo_key)
        if repo is None or event.change == "hidden":
            return
        news = News(
            repo_key=repo.key, subject=f"discussion:{event.number}", title=event.title, change=event.change,
            actor_name=event.actor_name, number=event.number, is_pull_request=event.is_pull_request,
            comment_id=event.comment_id,
        )  # fmt: skip
        place = {"repo_key": repo.key, "number": event.number}
        quiet = event.change in _QUIET
        with self._db.read() as rows:
            told = Recipients(rows, self._people, repo, number=event.number)
            told.add_mentioned(self._find_mentions(event.text))
            if not quiet:
                told.add_participants()
                told.add_watchers()
                told.add_caretakers()
            recipients = told.chosen(actor_id=event.actor_id)
        mentioned = [recipient.user_id for recipient in recipients if recipient.reason == "mention"]
        actors = [event.actor_id] if event.actor_id and not quiet else []
        with self._db.write() as rows:
            watch_queries.join_discussion(rows, [*mentioned, *actors], place)
            if event.change == "renamed":
                queries.update_title(rows, news)
            queries.upsert(rows, news, recipients, at=self._clock(), again=not quiet)

    def on_access(self, event: AccessRequested) -> None:
        """Tell the keepers of a gated repo who asks, and whoever asked what was answered."""
        repo = self._catalogue.find_by_key(event.repo_key)
        if repo is None:
            return
        news = News(
            repo_key=repo.key,
            subject=f"access:{event.user_id}",
            title=event.user_name,
            change="requested" if event.status == "pending" else event.status,
            actor_name=event.actor_name,
        )
        asked = event.status == "pending"
        with self._db.read() as rows:
            told = Recipients(rows, self._people, repo)
            if asked:
                told.add_caretakers()
            elif event.actor_name != event.user_name:
                told.add([event.user_id], "answer")
            recipients = told.chosen(actor_id=event.user_id if asked else None)
        with self._db.write() as rows:
            if not asked:
                queries.settle(rows, repo.key, news.subject)
            queries.upsert(rows, news, recipients, at=self._clock())

    def on_created(self, event: RepoCreated) -> None:
        """Tell those who watch a user or an organisation of a new repo there."""
        repo = self._catalogue.find_by_key(event.repo_key)
        if repo is None:
            return
        with self._db.read() as rows:
            told = Recipients(rows, self._people, repo)
            told.add_watchers()
            recipients = told.chosen(actor_id=repo.creator_id)
        if not recipients:
            return
        news = News(
            repo_key=repo.key,
            subject="repo",
            title=repo.ref.name,
            change="created",
            actor_name=repo.ref.namespace,
        )
        with self._db.write() as rows:
            queries.upsert(rows, news, recipients, at=self._clock())
