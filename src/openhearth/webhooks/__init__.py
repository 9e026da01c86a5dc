"""Webhooks: programs elsewhere are told what happens to repos. See README.md."""

from pathlib import Path

from openhearth.errors import HubError
from openhearth.events import (
    DiscussionChanged,
    RefUpdated,
    RepoCreated,
    RepoDeleted,
    RepoMoved,
    RepoSettingsChanged,
)
from openhearth.jobs import Queue
from openhearth.repos import Repo, Repos
from openhearth.webhooks.announce import KIND, Announcer, GetDiscussion
from openhearth.webhooks.api import Api
from openhearth.webhooks.deliver import Deliverer
from openhearth.webhooks.owners import Owners, People
from openhearth.webhooks.pages import Pages
from openhearth.webhooks.records import Delivery, Webhook, WebhookSpec
from openhearth.webhooks.service import Webhooks
from openhearth.wire.outgoing import Outgoing
from openhearth.wire.room import Ground, Room

__all__ = ["Delivery", "Webhook", "WebhookSpec", "Webhooks", "build"]


def build(
    ground: Ground,
    *,
    accounts: People,
    repos: Repos,
    queue: Queue,
    get_discussion: GetDiscussion | None = None,
) -> Room:
    """The room on `ground`. `get_discussion` raises NotFound; without it, events alone tell of discussions."""
    db, clock, urls = ground.db, ground.clock, ground.urls
    outgoing = Outgoing(allow_private=ground.settings.fetch_allow_private)
    announcer = Announcer(
        db=db, clock=clock, urls=urls, queue=queue, people=accounts, repos=_Asked(repos),
        get_discussion=get_discussion,
    )  # fmt: skip
    webhooks = Webhooks(db=db, clock=clock, owners=Owners(accounts), outgoing=outgoing, announcer=announcer)
    queue.handle(KIND, Deliverer(db=db, clock=clock, outgoing=outgoing, announcer=announcer).work)
    ground.web.add_folder("webhooks", Path(__file__).parent / "templates")
    kinds = (RepoCreated, RefUpdated, RepoMoved, RepoDeleted, RepoSettingsChanged, DiscussionChanged)
    return Room(
        name="webhooks",
        service=webhooks,
        routes=[*Api(webhooks, urls=urls).router().routes, *Pages(webhooks, web=ground.web).routes()],
        subscribes=announcer.subscriptions(kinds),
    )


class _Asked:
    """What announcing asks of the repos room."""

    def __init__(self, repos: Repos) -> None:
        self._repos = repos

    def find_by_key(self, key: str) -> Repo | None:
        return self._repos.catalogue.find_by_key(key)

    def describe(self, repo: Repo) -> tuple[str | None, tuple[str, ...]]:
        try:
            head = self._repos.content.resolve(repo)
        except HubError:  # no main branch
            head = None
        return head, tuple(self._repos.facts.get(repo).tags)
