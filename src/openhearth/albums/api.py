"""The JSON routes of an album: its state, a person's photos, saying who somebody is."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from openhearth.albums.gallery import Match
from openhearth.albums.records import Face
from openhearth.albums.service import Albums, OpenAlbum
from openhearth.errors import Invalid
from openhearth.kit.names import RepoRef
from openhearth.pipelines.faces.asked import choose_face
from openhearth.pipelines.faces.boxes import Box
from openhearth.urls import Urls
from openhearth.wire.request import actor_of

HERE = "/api/datasets/{ns:seg}/{name:seg}/album"
_SIDES = ("xmin", "ymin", "xmax", "ymax")
Json = dict[str, Any]


class TagBody(BaseModel):
    """`faces` are ids that `find` or `unnamed` gave; or `path` names a photo, and `box` the face if there are several."""

    name: str
    faces: list[str] = Field(default_factory=list)
    path: str = ""
    box: dict[str, int] | list[int] | str | None = None
    is_refused: bool = Field(default=False, description="The faces are not this person's.")


class Api:
    def __init__(self, albums: Albums, *, urls: Urls) -> None:
        self._albums, self._urls = albums, urls

    def router(self) -> APIRouter:
        router = APIRouter(tags=["albums"])
        for method, path, endpoint in (
            ("GET", HERE, self.show),
            ("POST", HERE, self.look),
            ("DELETE", HERE, self.forget_all),
            ("GET", f"{HERE}/find", self.find),
            ("POST", f"{HERE}/tags", self.tag),
            ("DELETE", f"{HERE}/people/{{person:seg}}", self.forget),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    def show(self, request: Request) -> Response:
        """How far the photos were looked at, who has a name, and the groups of faces that have none."""
        return JSONResponse(self._describe(self._open(request)))

    def look(self, request: Request) -> Response:
        """Look at the photos in the background; ask again to see how far it is."""
        self._albums.look(actor_of(request), self._open(request, to_change=True))
        return JSONResponse(self._describe(self._open(request)), 202)

    def find(self, request: Request) -> Response:
        """The faces of `name`, which may be a sentence that speaks of somebody, surest first."""
        opened = self._open(request)
        name, matches = self._albums.find(opened, request.query_params.get("name", ""))
        return JSONResponse([self._row(opened, name, match) for match in matches])

    def tag(self, request: Request, body: TagBody) -> Response:
        """Say whose faces these are, or are not."""
        opened = self._open(request, to_change=True)
        faces = body.faces or [self._face_on(opened, body.path, body.box)]
        name = body.name
        if body.is_refused:
            name, _ = self._albums.find(opened, body.name)
            for face in faces:
                self._albums.refuse(opened, name, face)
        else:
            name = self._albums.name(opened, body.name, faces)
        known = self._albums.gallery(opened).faces
        return JSONResponse({"name": name, "faces": faces, "boxes": [_box(known[face]) for face in faces]})

    def forget(self, request: Request) -> Response:
        """Take back all that was said of somebody."""
        self._albums.forget(self._open(request, to_change=True), request.path_params["person"])
        return JSONResponse({})

    def forget_all(self, request: Request) -> Response:
        """Delete every face, vector, picture and name of the album."""
        self._albums.forget_all(self._open(request, to_change=True))
        return JSONResponse({})

    def _open(self, request: Request, *, to_change: bool = False) -> OpenAlbum:
        ref = RepoRef("dataset", request.path_params["ns"], request.path_params["name"])
        return self._albums.open(actor_of(request), ref, to_change=to_change)

    def _describe(self, opened: OpenAlbum) -> Json:
        gallery, progress, album = self._albums.gallery(opened), self._albums.progress(opened), opened.album
        groups = gallery.unnamed if album is not None and not album.is_open else []
        return {
            "state": album.state if album else "none",
            "error": album.error if album else None,
            "commit": album.commit if album else None,
            "photos": {"total": progress.total, "done": progress.done, "failed": progress.failed},
            "people": [
                {"name": name, "photos": len({match.face.oid for match in matches}), "faces": len(matches)}
                for name, matches in gallery.people.items()
            ],
            "unnamed": [{"faces": [_describe(opened, face) for face in group]} for group in groups],
        }

    def _row(self, opened: OpenAlbum, name: str, match: Match) -> Json:
        path = opened.photos[match.face.oid][0].path
        return {
            "label": name,
            "score": round(match.score, 4),
            "box": _box(match.face),
            "path": path,
            "url": self._urls.absolute(self._urls.resolve(opened.repo.ref, "main", path)),
            "face": match.face.id,
            "is_tagged": match.is_tagged,
        }

    def _face_on(self, opened: OpenAlbum, path: str, box: Any) -> str:
        oids = {oid for oid, entries in opened.photos.items() if any(entry.path == path for entry in entries)}
        faces = [face for face in self._albums.gallery(opened).faces.values() if face.oid in oids]
        chosen = choose_face([_Placed(face.id, Box(*face.box)) for face in faces], box, path[:200])
        if isinstance(chosen, Box):
            raise Invalid(
                f"box: no face was found there on {path[:200]!r}; the album's page shows those that were."
            )
        return chosen.id


@dataclass(frozen=True)
class _Placed:
    id: str
    box: Box


def _box(face: Face) -> Json:
    return dict(zip(_SIDES, face.box, strict=True))


def _describe(opened: OpenAlbum, face: Face) -> Json:
    path = opened.photos[face.oid][0].path
    return {"face": face.id, "path": path, "box": _box(face), "score": face.score}
