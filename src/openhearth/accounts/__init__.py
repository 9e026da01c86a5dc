"""Accounts: people, organisations, and the credentials by which the hub knows them."""

from collections.abc import Mapping
from pathlib import Path

from openhearth.access import Actor
from openhearth.accounts.api import Api, CountRepos
from openhearth.accounts.pages import Pages
from openhearth.accounts.permits import OPERATOR
from openhearth.accounts.records import Member, Membership, Organisation, Profile, User
from openhearth.accounts.service import Accounts
from openhearth.events import RepoDeleted, RepoMoved
from openhearth.wire.room import Ground, Room

__all__ = [
    "OPERATOR",
    "Accounts",
    "CountRepos",
    "Member",
    "Membership",
    "Organisation",
    "Profile",
    "User",
    "build",
]


def build(ground: Ground, *, count_repos: CountRepos | None = None) -> Room:
    """The room on `ground`. `count_repos` gives the numbers of public overviews, left out without it."""
    accounts = Accounts.on(ground.db, settings=ground.settings, clock=ground.clock, events=ground.events)
    api = Api(accounts, urls=ground.urls, clock=ground.clock, count_repos=count_repos or _count_nothing)
    ground.web.add_folder("accounts", Path(__file__).parent / "templates")
    ground.web.can_join = ground.settings.sign_up == "open"
    pages = Pages(accounts, web=ground.web, urls=ground.urls)
    return Room(
        name="accounts",
        service=accounts,
        routes=[*api.routes(), *pages.routes()],
        subscribes={RepoMoved: accounts.tokens.follow_move, RepoDeleted: accounts.tokens.end_grants},
        on_stop=[accounts.identity.close],
    )


def _count_nothing(_namespace: str, _actor: Actor) -> Mapping[str, int]:
    return {}
