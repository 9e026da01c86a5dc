"""Following: people follow people and organisations. See README.md."""

from pathlib import Path

from openhearth.accounts import Accounts
from openhearth.community.follows.api import Api
from openhearth.community.follows.pages import Pages
from openhearth.community.follows.service import Follows
from openhearth.wire.room import Ground, Room

__all__ = ["Follows", "build"]


def build(ground: Ground, *, accounts: Accounts) -> Room:
    """The room on `ground`, among the people of `accounts`."""
    follows = Follows(db=ground.db, clock=ground.clock, accounts=accounts)
    ground.web.add_folder("follows", Path(__file__).parent / "templates")
    api = Api(follows, accounts=accounts, urls=ground.urls)
    pages = Pages(follows, accounts=accounts, web=ground.web, urls=ground.urls)
    return Room(
        name="follows",
        service=follows,
        routes=[*api.router().routes, *pages.routes()],
        slots={"profile.actions": pages.button, "profile.links": pages.links},
    )
