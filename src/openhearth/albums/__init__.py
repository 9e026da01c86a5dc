"""Albums: who is on the photos of a dataset; a name, given once, finds every photo of somebody. See README.md."""

from pathlib import Path

from openhearth.albums.api import Api
from openhearth.albums.pages import AlbumPages
from openhearth.albums.service import KIND, Albums, FaceModels
from openhearth.albums.work import Input, Models, People, Worker
from openhearth.events import RefUpdated
from openhearth.jobs import Queue
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

__all__ = ["Albums", "build"]


def build(
    ground: Ground, *, accounts: People, repos: Repos, queue: Queue, models: Models, photo_input: Input,
    face_models: FaceModels,
) -> Room:  # fmt: skip
    """The room on `ground`: `models` look at photos that `photo_input` hands them, as whoever asked."""
    albums = Albums(db=ground.db, clock=ground.clock, repos=repos, queue=queue, face_models=face_models)
    worker = Worker(
        db=ground.db, clock=ground.clock, repos=repos, queue=queue, people=accounts, models=models,
        photo_input=photo_input,
    )  # fmt: skip
    queue.handle(KIND, worker.work)
    ground.web.add_folder("albums", Path(__file__).parent / "templates")
    pages, api = AlbumPages(albums, repos=repos, ground=ground), Api(albums, urls=ground.urls)
    return Room(
        name="albums",
        service=albums,
        routes=[*api.router().routes, *pages.routes()],
        subscribes={RefUpdated: albums.on_ref_updated},
        slots={"repo.tabs": pages.tab, "repo.panels": pages.panel},
    )
