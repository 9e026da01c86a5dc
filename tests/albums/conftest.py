"""Albums on a real hub, with the real networks in this process instead of an engine's, each photo looked at once."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from openhearth.access import Actor
from openhearth.albums.service import KIND, Albums, OpenAlbum
from openhearth.albums.work import Worker
from openhearth.errors import HubError
from openhearth.inference import RowInput
from openhearth.kit.names import RepoRef
from openhearth.pipelines.faces.describing import describe_photo
from openhearth.pipelines.faces.finder import FaceFinder, load_finder
from openhearth.pipelines.finding import FoundModel
from openhearth.repos import Repo
from tests.repos_pages.conftest import Site, site
from tests.support.starter import starter_folder

__all__ = ["site"]

FACES = "ada/faces"
_SEEN: dict[bytes, Any] = {}


@pytest.fixture(scope="session")
def finder() -> FaceFinder:
    return load_finder(FoundModel(name="faces", path=starter_folder("faces")))


@pytest.fixture(scope="session")
def photos() -> Mapping[str, bytes]:
    """Six photos of two people, one without a face, and one that is none."""
    found = {}
    for file in sorted((starter_folder("portraits") / "data").glob("*.jpg")):
        with Image.open(file) as photo:
            found[f"data/{file.name}"] = shrink(photo)
    with Image.open(starter_folder("photos") / "data" / "coffee.png") as photo:
        found["data/coffee.jpg"] = shrink(photo)
    return {**found, "data/torn.jpg": found["data/biden.jpg"][:900]}


def shrink(photo: Image.Image, side: int = 500) -> bytes:
    stream = io.BytesIO()
    photo.thumbnail((side, side))
    photo.convert("RGB").save(stream, "JPEG", quality=90)
    return stream.getvalue()


@dataclass
class Eyes:
    """The face networks (implements albums.work.Model and Models), for whoever may read `ada/faces`."""

    site: Site
    finder: FaceFinder
    asked: int = 0
    between: Callable[[], Any] | None = None
    refusal: HubError | None = None

    def open(self, actor: Actor, repo_id: str, *, task: str) -> Eyes:
        assert task == "face-recognition"
        if self.refusal:
            raise self.refusal
        self.site.hub.repos.catalogue.get(actor, RepoRef("model", *repo_id.split("/")))
        return self

    def ask(self, rows: Sequence[RowInput], parameters: Mapping[str, Any]) -> list[Any]:
        assert dict(parameters) == {"describe": True}
        self.asked += len(rows)
        if self.between:
            self.between()
        return [self._see(row.payload) for row in rows]

    def _see(self, photo: bytes) -> Any:
        if photo not in _SEEN:
            try:
                _SEEN[photo] = describe_photo(self.finder, photo)
            except HubError as error:
                _SEEN[photo] = error
        return _SEEN[photo]


@dataclass
class Desk:
    """The room as ada uses it, with an album of hers, and one that ben may write too."""

    site: Site
    albums: Albums
    eyes: Eyes
    repo: Repo
    actors: Mapping[str, Actor]
    here: str = "/datasets/forge/party/album"
    api: str = "/api/datasets/forge/party/album"
    commits: list[str] = field(default_factory=list)

    def open(self, who: str = "ada", *, to_change: bool = False) -> OpenAlbum:
        return self.albums.open(self.actors[who], self.repo.ref, to_change=to_change)

    def look(self) -> OpenAlbum:
        """Look at all photos, and see."""
        self.albums.look(self.actors["ada"], self.open())
        self.site.hub.queue.run_due()
        return self.open()

    def face_on(self, path: str) -> str:
        """The id of the one face on a photo."""
        opened = self.open()
        (oid,) = (oid for oid, entries in opened.photos.items() if entries[0].path == path)
        (face,) = (face.id for face in self.albums.gallery(opened).faces.values() if face.oid == oid)
        return face

    def name(self, name: str, path: str, who: str = "ada") -> None:
        self.albums.name(self.open(who, to_change=True), name, [self.face_on(path)])

    def find(self, name: str) -> list[str]:
        """The names of the photos of somebody, surest first."""
        opened = self.open()
        _, matches = self.albums.find(opened, name)
        return [Path(opened.photos[match.face.oid][0].path).name for match in matches]


@pytest.fixture
def desk(site: Site, finder: FaceFinder, photos: Mapping[str, bytes]) -> Desk:
    hub = site.hub
    hub.queue.stop()  # tests say when work is done
    albums = cast(Albums, next(room for room in hub.rooms if room.name == "albums").service)
    site.commit(site.create("faces"), {"README.md": "---\npipeline_tag: face-recognition\n---\n# Faces\n"})
    repo = site.create("party", kind="dataset", namespace="forge", visibility="private")
    commit = site.commit(repo, photos)
    eyes = Eyes(site, finder)
    worker = Worker(
        db=hub.ground.db, clock=hub.ground.clock, repos=hub.repos, queue=hub.queue, people=hub.accounts,
        models=eyes, photo_input=RowInput,
    )  # fmt: skip
    hub.queue.handle(KIND, worker.work)
    actors = {}
    for name in ("ada", "ben", "eve"):
        user = hub.accounts.find_user(name)
        actor = hub.accounts.find_standing(user.id) if user else None
        assert actor is not None
        actors[name] = actor
    return Desk(site, albums, eyes, repo, actors, commits=[commit])
