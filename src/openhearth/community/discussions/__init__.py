"""Discussions and pull requests: one numbered list for each repo. See README.md."""

from openhearth.community.discussions.api import DiscussionApi
from openhearth.community.discussions.pages import Pages
from openhearth.community.discussions.service import Discussions, People
from openhearth.community.discussions.words import find_mentions
from openhearth.events import RefUpdated
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

__all__ = ["Discussions", "build", "find_mentions"]


def build(ground: Ground, *, repos: Repos, people: People) -> Room:
    """This part of the room on `ground`, about the repos of `repos`."""
    discussions = Discussions.on(ground, repos=repos, people=people)
    api = DiscussionApi(discussions=discussions, repos=repos, urls=ground.urls)
    pages = Pages(discussions=discussions, repos=repos, ground=ground)
    return Room(
        name="discussions",
        service=discussions,
        routes=[*api.router().routes, *pages.routes()],
        subscribes={RefUpdated: discussions.pulls.on_ref_updated},
        slots={"repo.tabs": pages.tab, "repo.settings": pages.settings},
    )
