"""The HTML pages of repos: lists, cards, files, history, forms, settings, profiles. See each module."""

from pathlib import Path

from starlette.routing import BaseRoute

from openhearth.repos.pages.access_requests import AccessRequestPages
from openhearth.repos.pages.blame import BlamePages
from openhearth.repos.pages.blob import BlobPages
from openhearth.repos.pages.compare import ComparePages
from openhearth.repos.pages.create import NewRepoPages
from openhearth.repos.pages.duplicate import DuplicatePages
from openhearth.repos.pages.frame import RepoFrame
from openhearth.repos.pages.gate import AskPages
from openhearth.repos.pages.history import HistoryPages
from openhearth.repos.pages.intake import Intake
from openhearth.repos.pages.liked import LikedPages
from openhearth.repos.pages.likes import LikePages
from openhearth.repos.pages.lists import ListPages
from openhearth.repos.pages.move import MovePages
from openhearth.repos.pages.places import Places
from openhearth.repos.pages.profile import ProfilePages, Profiles
from openhearth.repos.pages.received import ReceivedFiles
from openhearth.repos.pages.repo import CardPages
from openhearth.repos.pages.settings import SettingsPages
from openhearth.repos.pages.tree import TreePages
from openhearth.repos.pages.upload import UploadPages
from openhearth.repos.pages.write import WritePages
from openhearth.repos.service import Repos
from openhearth.wire.room import Ground

__all__ = ["Pages", "Profiles"]


class Pages:
    """Every page of the room. `profiles` says who a name belongs to."""

    def __init__(self, *, repos: Repos, ground: Ground, profiles: Profiles) -> None:
        ground.web.add_folder("repos", Path(__file__).parent.parent / "templates")
        frame = RepoFrame(repos=repos, ground=ground)
        limit_bytes = ground.settings.upload_max_gb * 10**9
        intake = Intake(limit_bytes=limit_bytes, free_bytes=ground.storage.lfs.free_bytes)
        places = Places(frame, intake)
        received = ReceivedFiles(repos=repos, storage=ground.storage, limit_bytes=limit_bytes)
        cards = CardPages(frame)
        self._parts = (
            ListPages(frame),
            LikePages(frame),
            NewRepoPages(frame),
            cards,
            AskPages(frame, show_again=cards.show),
            AccessRequestPages(frame),
            TreePages(frame),
            BlobPages(frame),
            HistoryPages(frame),
            BlamePages(frame),
            ComparePages(frame),
            WritePages(places),
            MovePages(places),
            UploadPages(places, received),
            DuplicatePages(frame),
            SettingsPages(frame),
            LikedPages(frame, profiles=profiles),
            ProfilePages(frame, profiles=profiles),
        )

    def routes(self) -> list[BaseRoute]:
        return [route for part in self._parts for route in part.routes()]
