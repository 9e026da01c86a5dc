"""Collections: named lists of repos, papers and other things, in an order, with notes. See README.md."""

from collections.abc import Mapping
from pathlib import Path

from openhearth.accounts import Accounts
from openhearth.community.collections.api import Api
from openhearth.community.collections.forms import Forms
from openhearth.community.collections.pages import Pages
from openhearth.community.collections.records import ItemType, Thing, Things
from openhearth.community.collections.service import Collections
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

__all__ = ["Collections", "ItemType", "Thing", "Things", "build"]


def build(
    ground: Ground, *, accounts: Accounts, repos: Repos, things: Mapping[ItemType, Things] | None = None
) -> Room:
    """The room on `ground`. `things` says who holds papers and buckets; without, papers are links to arXiv."""
    collections = Collections.on(
        ground.db, clock=ground.clock, accounts=accounts, repos=repos, things=things or {}
    )
    ground.web.add_folder("collections", Path(__file__).parent / "templates")
    api, pages = Api(collections, urls=ground.urls), Pages(collections, web=ground.web, urls=ground.urls)
    forms = Forms(collections, pages, web=ground.web, urls=ground.urls)
    return Room(
        name="collections",
        service=collections,
        routes=[*api.router().routes, *forms.routes(), *pages.routes()],
        slots={
            "repo.actions": pages.add_button,
            "repo.panels": pages.repo_panel,
            "profile.shelves": pages.profile_shelf,
        },
    )
