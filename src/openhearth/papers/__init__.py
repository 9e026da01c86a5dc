"""Papers: what repos of this hub cite. See README.md."""

from pathlib import Path

from openhearth.papers.api import Api
from openhearth.papers.pages import Pages
from openhearth.papers.records import Paper, PaperSpec
from openhearth.papers.service import Papers, People
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

__all__ = ["Paper", "PaperSpec", "Papers", "build"]


def build(ground: Ground, *, accounts: People, repos: Repos) -> Room:
    """The room on `ground`, over the cards of `repos`."""
    papers = Papers(db=ground.db, clock=ground.clock, repos=repos, people=accounts)
    ground.web.add_folder("papers", Path(__file__).parent / "templates")
    return Room(
        name="papers",
        service=papers,
        routes=[*Api(papers).router().routes, *Pages(papers, web=ground.web, urls=ground.urls).routes()],
    )
