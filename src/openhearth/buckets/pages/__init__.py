"""The HTML pages of buckets: the list, one bucket's folders, forms, settings. See each module."""

from pathlib import Path

from markupsafe import Markup
from starlette.requests import Request
from starlette.routing import BaseRoute

from openhearth.accounts import Organisation, User
from openhearth.buckets.batch import Admit
from openhearth.buckets.pages.browse import BrowsePages
from openhearth.buckets.pages.change import ChangePages
from openhearth.buckets.pages.frame import BucketFrame
from openhearth.buckets.pages.lists import ListPages
from openhearth.buckets.pages.received import ReceivedFiles
from openhearth.buckets.pages.settings import SettingsPages
from openhearth.buckets.service import Buckets
from openhearth.repos.pages.intake import Intake
from openhearth.wire.room import Ground

__all__ = ["Pages"]


class Pages:
    """Every page of the room."""

    def __init__(self, *, buckets: Buckets, ground: Ground, admit: Admit) -> None:
        ground.web.add_folder("buckets", Path(__file__).parent.parent / "templates")
        frame = BucketFrame(buckets=buckets, ground=ground)
        limit_bytes = ground.settings.upload_max_gb * 10**9
        intake = Intake(limit_bytes=limit_bytes, free_bytes=ground.storage.lfs.free_bytes)
        received = ReceivedFiles(xet=ground.storage.xet, admit=admit)
        self._lists = ListPages(frame)
        self._parts = (
            self._lists,
            BrowsePages(frame),
            ChangePages(frame, intake=intake, received=received),
            SettingsPages(frame),
        )

    def routes(self) -> list[BaseRoute]:
        return [route for part in self._parts for route in part.routes()]

    def shelf(self, request: Request, namespace: User | Organisation) -> Markup | None:
        """For profiles (slot `profile.shelves`): the buckets that the reader may see, if there are any."""
        return self._lists.shelf(request, namespace.name)
