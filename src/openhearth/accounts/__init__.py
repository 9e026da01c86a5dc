"""Accounts: people, organisations, and the credentials by which the hub knows them.

What answers requests is imported when the room is built: the command line needs the services alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openhearth.accounts.permits import OPERATOR
from openhearth.accounts.records import Member, Membership, Organisation, Profile, User
from openhearth.accounts.service import Accounts
from openhearth.events import BucketDeleted, BucketMoved, RepoCreated, RepoDeleted, RepoMoved

if TYPE_CHECKING:
    from openhearth.accounts.api import Describe, FindFollowed
    from openhearth.accounts.pages import ListRepos
    from openhearth.wire.room import Ground, Room

__all__ = [
    "OPERATOR",
    "Accounts",
    "Member",
    "Membership",
    "Organisation",
    "Profile",
    "User",
    "build",
]


def build(
    ground: Ground,
    *,
    describe: Describe | None = None,
    find_followed: FindFollowed | None = None,
    list_repos: ListRepos | None = None,
) -> Room:
    """The room on `ground`. What other rooms know of people joins their overviews; left out without it."""
    from openhearth.accounts.api import Api
    from openhearth.accounts.oauth.api import OAuthApi
    from openhearth.accounts.oauth.pages import OAuthPages
    from openhearth.accounts.pages import Pages
    from openhearth.accounts.sso.pages import SsoPages
    from openhearth.wire.room import Room

    accounts = Accounts.on(
        ground.db,
        settings=ground.settings,
        clock=ground.clock,
        events=ground.events,
        secret=ground.secret,
    )
    api = Api(
        accounts,
        urls=ground.urls,
        clock=ground.clock,
        describe=describe or (lambda _namespace, _actor: {}),
        find_followed=find_followed or (lambda _actor, _ids: ()),
    )
    ground.web.add_folder("accounts", Path(__file__).parent / "templates")
    ground.web.can_join = ground.settings.sign_up == "open"
    pages = Pages(accounts, web=ground.web, urls=ground.urls, list_repos=list_repos or (lambda _actor: ()))
    oauth_api = OAuthApi(accounts, urls=ground.urls)
    sso_pages = SsoPages(accounts, web=ground.web, urls=ground.urls)
    oauth_pages = OAuthPages(accounts, web=ground.web, urls=ground.urls, clock=ground.clock)
    return Room(
        name="accounts",
        service=accounts,
        routes=[
            *api.routes(),
            *oauth_api.routes(),
            *oauth_pages.routes(),
            *sso_pages.routes(),
            *pages.routes(),
        ],
        subscribes={
            RepoCreated: accounts.tokens.note_contribution,
            RepoMoved: _both(accounts.tokens.follow_move, accounts.oauth.apps.follow_move),
            BucketMoved: accounts.tokens.follow_move,
            BucketDeleted: accounts.tokens.end_grants,
            RepoDeleted: _both(accounts.tokens.end_grants, accounts.oauth.apps.end_with),
        },
        on_stop=[accounts.identity.close],
    )


def _both(*calls: Callable[[Any], None]) -> Callable[[Any], None]:
    def call_each(event: Any) -> None:
        for call in calls:
            call(event)

    return call_each
