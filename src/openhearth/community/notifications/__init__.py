"""Notifications: what people are told, and how they choose it. See README.md."""

from pathlib import Path

from openhearth.accounts import Accounts
from openhearth.community.notifications.api import Api
from openhearth.community.notifications.inbox import Inbox
from openhearth.community.notifications.listeners import Listeners
from openhearth.community.notifications.pages import Pages
from openhearth.community.notifications.recipients import FindMentions
from openhearth.community.notifications.service import Notifications
from openhearth.community.notifications.watching import Watching
from openhearth.events import AccessRequested, DiscussionChanged, RepoCreated
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

__all__ = ["FindMentions", "Notifications", "build"]


def build(ground: Ground, *, accounts: Accounts, repos: Repos, find_mentions: FindMentions) -> Room:
    """The room on `ground`. `find_mentions` reads the names that a text calls with an @."""
    service = Notifications(
        inbox=Inbox(db=ground.db, repos=repos),
        watching=Watching(db=ground.db, accounts=accounts, repos=repos),
        listeners=Listeners(
            db=ground.db, clock=ground.clock, people=accounts, repos=repos, find_mentions=find_mentions
        ),
    )
    ground.web.add_folder("notifications", Path(__file__).parent / "templates")
    ground.web.count_unread = service.inbox.count_unread
    api = Api(service.inbox, service.watching, urls=ground.urls)
    pages = Pages(service.inbox, service.watching, web=ground.web, urls=ground.urls)
    return Room(
        name="notifications",
        service=service,
        routes=[*api.router().routes, *pages.routes()],
        subscribes={
            DiscussionChanged: service.listeners.on_discussion,
            AccessRequested: service.listeners.on_access,
            RepoCreated: service.listeners.on_created,
        },
        slots={
            "repo.actions": pages.on_repo,
            "profile.actions": pages.on_profile,
            "discussion.actions": pages.on_discussion,
        },
    )
