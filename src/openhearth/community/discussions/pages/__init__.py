"""The HTML pages of discussions: the list, a new one, the conversation, and what a pull request changes."""

from pathlib import Path

from starlette.routing import BaseRoute

from openhearth.community.discussions.pages.comments import CommentPages
from openhearth.community.discussions.pages.desk import Desk
from openhearth.community.discussions.pages.files import FilePages
from openhearth.community.discussions.pages.lists import ListPages
from openhearth.community.discussions.pages.new import NewPages
from openhearth.community.discussions.pages.settings import SettingsPart
from openhearth.community.discussions.pages.show import ShowPages
from openhearth.community.discussions.service import Discussions
from openhearth.repos import Repos
from openhearth.wire.room import Ground

__all__ = ["Pages"]


class Pages:
    """Every page of this part, its tab, and its panel among the settings of a repo."""

    def __init__(self, *, discussions: Discussions, repos: Repos, ground: Ground) -> None:
        ground.web.add_folder("discussions", Path(__file__).parent.parent / "templates")
        desk = Desk(discussions=discussions, repos=repos, ground=ground)
        self._settings = SettingsPart(desk)
        self._parts = (
            ListPages(desk),
            NewPages(desk),
            ShowPages(desk),
            CommentPages(desk),
            FilePages(desk),
            self._settings,
        )
        self.tab = desk.tab
        self.settings = self._settings.panel

    def routes(self) -> list[BaseRoute]:
        return [route for part in self._parts for route in part.routes()]
