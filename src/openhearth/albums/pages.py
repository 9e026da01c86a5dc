"""The pages of an album: who is on the photos, one person's photos, a group of faces that has no name yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action, decide
from openhearth.accounts.pages.routes import form_route, page_route
from openhearth.albums.gallery import Match
from openhearth.albums.photos import holds_photos
from openhearth.albums.records import Album, Face, Progress
from openhearth.albums.service import FACES_AT_ONCE, Albums, OpenAlbum
from openhearth.errors import HubError, Invalid
from openhearth.kit.names import RepoRef
from openhearth.repos import OpenRepo, Repo, RepoFrame, RepoHead, Repos
from openhearth.repos.records import Facts
from openhearth.urls import with_query
from openhearth.web.parts import Paging, Tab
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of
from openhearth.wire.room import Ground

TAB = "People"
HERE = "/datasets/{ns:seg}/{name:seg}/album"
GROUPS_SHOWN, FACES_SHOWN, PAGE_PHOTOS, UNREADABLE_SHOWN = 24, 6, 60, 10
_PICTURE_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@dataclass(frozen=True, kw_only=True)
class PersonCard:
    """Somebody with a name. `photos` counts them."""

    name: str
    href: str
    picture: str
    photos: int


@dataclass(frozen=True, kw_only=True)
class GroupCard:
    """Faces of one person without a name. `id` is a face of theirs; `pictures` are the clearest."""

    id: str
    href: str
    pictures: Sequence[str]
    count: int


@dataclass(frozen=True, kw_only=True)
class PhotoCard:
    """A photo of somebody. `likeness` is a share of one; None where a person said who it is."""

    face_id: str
    path: str
    href: str
    preview: str
    picture: str
    likeness: float | None


@dataclass(frozen=True, kw_only=True)
class AlbumPage:
    """Context of `albums/album.html`."""

    head: RepoHead
    here: str
    album: Album | None
    progress: Progress
    people: Sequence[PersonCard]
    groups: Sequence[GroupCard]
    groups_left: int = field(metadata={"help": "Groups that are not shown"})
    unreadable: Sequence[tuple[str, str]] = field(metadata={"help": "The first photos with their reasons"})
    names: Sequence[str] = field(metadata={"help": "For completing what is typed"})
    may_change: bool
    asked: str = field(metadata={"help": "What was searched, or typed as a name"})
    error: str


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    """Context of `albums/person.html`."""

    head: RepoHead
    here: str
    name: str
    photos: Sequence[PhotoCard]
    total: int
    paging: Paging
    may_change: bool


@dataclass(frozen=True, kw_only=True)
class GroupPage:
    """Context of `albums/group.html`."""

    head: RepoHead
    here: str
    id: str
    faces: Sequence[tuple[str, str]] = field(metadata={"help": "Face → the address of its picture"})
    names: Sequence[str]
    may_change: bool
    error: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Context of `albums/panel.html`."""

    href: str


class AlbumPages:
    def __init__(self, albums: Albums, *, repos: Repos, ground: Ground) -> None:
        self._albums, self._repos = albums, repos
        self._web, self._urls = ground.web, ground.urls
        self._frame = RepoFrame(repos=repos, ground=ground)

    def routes(self) -> list[Route]:
        return [
            page_route(HERE, self.show),
            page_route(f"{HERE}/people/{{person:seg}}", self.show_person),
            page_route(f"{HERE}/groups/{{face:seg}}", self.show_group),
            page_route(f"{HERE}/faces/{{face:seg}}", self.show_face),
            page_route(f"{HERE}/photos/{{oid:seg}}", self.show_preview),
            form_route(f"{HERE}/look", self._changing(self._look)),
            form_route(f"{HERE}/name", self._changing(self._name)),
            form_route(f"{HERE}/not", self._changing(self._refuse)),
            form_route(f"{HERE}/forget", self._changing(self._forget)),
            form_route(f"{HERE}/forget-all", self._changing(self._forget_all)),
        ]

    # Slots

    def tab(self, request: Request, repo: Repo, _facts: Facts) -> list[Tab] | None:
        """On the pages of a dataset that is an album, for those who may see who is on it."""
        if not self._albums.may_see(actor_of(request), repo) or not self._albums.has_album(repo):
            return None
        return [Tab(label=TAB, href=self._here(repo.ref), icon="user")]

    def panel(self, request: Request, repo: Repo) -> Markup | None:
        """On the card of a dataset of photos, for those who may change it."""
        actor = actor_of(request)
        if repo.ref.type != "dataset" or not decide(actor, Action.WRITE, repo.resource).allowed:
            return None
        if not holds_photos(self._repos, repo):
            return None
        return self._web.fragment("albums/panel.html", Panel(href=self._here(repo.ref)))

    # Seeing

    def show(self, request: Request) -> Response:
        opened = self._open(request)
        asked = request.query_params.get("name", "").strip()
        if not asked:
            return self._show(request, opened)
        try:
            name, _ = self._albums.find(opened, asked)
        except HubError as error:
            return self._show(request, opened, asked=asked, error=error)
        return RedirectResponse(self._person(opened.repo.ref, name), 303)

    def _show(
        self, request: Request, opened: OpenAlbum, *, asked: str = "", error: HubError | None = None
    ) -> Response:
        gallery, here = self._albums.gallery(opened), self._here(opened.repo.ref)
        is_open = opened.album is not None and opened.album.is_open
        groups = [] if is_open else gallery.unnamed
        page = AlbumPage(
            head=self._head(request, opened), here=here, album=opened.album, progress=self._albums.progress(opened),
            people=[self._person_card(opened, name, matches) for name, matches in gallery.people.items()],
            groups=[self._group_card(here, group) for group in groups[:GROUPS_SHOWN]],
            groups_left=max(0, len(groups) - GROUPS_SHOWN),
            unreadable=self._albums.list_unreadable(opened)[:UNREADABLE_SHOWN], names=sorted(gallery.people),
            may_change=opened.may_change, asked=asked, error=error.message if error else "",
        )  # fmt: skip
        return self._web.page(request, "albums/album.html", page, status=error.status if error else 200)

    def show_person(self, request: Request) -> Response:
        opened = self._open(request)
        name, matches = self._albums.find(opened, request.path_params["person"])
        number = _page_number(request)
        shown = matches[(number - 1) * PAGE_PHOTOS : number * PAGE_PHOTOS]
        here = self._here(opened.repo.ref)
        page = PersonPage(
            head=self._head(request, opened), here=here, name=name, total=len({m.face.oid for m in matches}),
            photos=[self._photo_card(opened, match) for match in shown], may_change=opened.may_change,
            paging=_paging(self._person(opened.repo.ref, name), number, len(matches)),
        )  # fmt: skip
        return self._web.page(request, "albums/person.html", page)

    def show_group(self, request: Request) -> Response:
        return self._show_group(request, self._open(request), request.path_params["face"])

    def _show_group(self, request: Request, opened: OpenAlbum, face_id: str, error: str = "") -> Response:
        gallery, here = self._albums.gallery(opened), self._here(opened.repo.ref)
        group = gallery.group_of(face_id)
        if not group:
            return RedirectResponse(here, 303)
        page = GroupPage(
            head=self._head(request, opened), here=here, id=face_id, names=sorted(gallery.people),
            faces=[(face.id, f"{here}/faces/{face.id}") for face in group[:500]], may_change=opened.may_change,
            error=error,
        )  # fmt: skip
        return self._web.page(request, "albums/group.html", page, status=400 if error else 200)

    def show_face(self, request: Request) -> Response:
        face = request.path_params["face"]
        return _picture(self._albums.get_picture(actor_of(request), _ref_of(request), face))

    def show_preview(self, request: Request) -> Response:
        oid = request.path_params["oid"]
        return _picture(self._albums.get_preview(actor_of(request), _ref_of(request), oid))

    # Changing

    def _look(self, request: Request, opened: OpenAlbum, form: FormData) -> Response:
        self._albums.look(actor_of(request), opened)
        return self._back(opened)

    def _name(self, request: Request, opened: OpenAlbum, form: FormData) -> Response:
        """A whole group by one of its faces, or the faces that were ticked."""
        group = text_of(form, "group", default="")
        ticked = [face for face in form.getlist("face") if isinstance(face, str)]
        faces = ticked or [face.id for face in self._albums.gallery(opened).group_of(group)[:FACES_AT_ONCE]]
        if not faces:
            raise Invalid("faces: none was chosen, or they have a name by now; load the page again.")
        self._albums.name(opened, text_of(form, "name"), faces)
        return self._back(opened)

    def _refuse(self, request: Request, opened: OpenAlbum, form: FormData) -> Response:
        name = text_of(form, "name")
        self._albums.refuse(opened, name, text_of(form, "face"))
        is_left = name in self._albums.gallery(self._open(request)).people
        return RedirectResponse(self._person(opened.repo.ref, name), 303) if is_left else self._back(opened)

    def _forget(self, request: Request, opened: OpenAlbum, form: FormData) -> Response:
        self._albums.forget(opened, text_of(form, "name"))
        return self._back(opened)

    def _forget_all(self, request: Request, opened: OpenAlbum, form: FormData) -> Response:
        self._albums.forget_all(opened)
        return self._back(opened)

    def _changing(
        self, act: Callable[[Request, OpenAlbum, FormData], Response]
    ) -> Callable[[Request, FormData], Response]:
        def post(request: Request, form: FormData) -> Response:
            opened = self._open(request, to_change=True)
            try:
                return act(request, opened, form)
            except HubError as error:
                asked = text_of(form, "name", default="")
                return self._show(request, opened, asked=asked, error=error)

        return post

    # Parts

    def _open(self, request: Request, *, to_change: bool = False) -> OpenAlbum:
        return self._albums.open(actor_of(request), _ref_of(request), to_change=to_change)

    def _head(self, request: Request, opened: OpenAlbum) -> RepoHead:
        at = OpenRepo(request=request, actor=actor_of(request), repo=opened.repo)
        return self._frame.head(at, TAB)

    def _here(self, ref: RepoRef) -> str:
        return f"{self._urls.repo(ref)}/album"

    def _person(self, ref: RepoRef, name: str) -> str:
        return f"{self._here(ref)}/people/{quote(name, safe='')}"

    def _back(self, opened: OpenAlbum) -> Response:
        return RedirectResponse(self._here(opened.repo.ref), 303)

    def _person_card(self, opened: OpenAlbum, name: str, matches: Sequence[Match]) -> PersonCard:
        best = next((match for match in matches if match.is_tagged), matches[0])
        return PersonCard(
            name=name, href=self._person(opened.repo.ref, name), photos=len({m.face.oid for m in matches}),
            picture=f"{self._here(opened.repo.ref)}/faces/{best.face.id}",
        )  # fmt: skip

    def _group_card(self, here: str, group: Sequence[Face]) -> GroupCard:
        return GroupCard(
            id=group[0].id, href=f"{here}/groups/{group[0].id}", count=len(group),
            pictures=[f"{here}/faces/{face.id}" for face in group[:FACES_SHOWN]],
        )  # fmt: skip

    def _photo_card(self, opened: OpenAlbum, match: Match) -> PhotoCard:
        here, path = self._here(opened.repo.ref), opened.photos[match.face.oid][0].path
        return PhotoCard(
            face_id=match.face.id, path=path, href=self._urls.blob(opened.repo.ref, "main", path),
            preview=f"{here}/photos/{match.face.oid}", picture=f"{here}/faces/{match.face.id}",
            likeness=None if match.is_tagged else match.score,
        )  # fmt: skip


def _ref_of(request: Request) -> RepoRef:
    return RepoRef("dataset", request.path_params["ns"], request.path_params["name"])


def _picture(content: bytes) -> Response:
    return Response(content, media_type="image/jpeg", headers=_PICTURE_HEADERS)


def _page_number(request: Request) -> int:
    asked = request.query_params.get("p", "1")
    return int(asked) if asked.isdecimal() and 0 < len(asked) < 5 and int(asked) > 0 else 1


def _paging(address: str, number: int, total: int) -> Paging:
    pages = max(1, -(-total // PAGE_PHOTOS))
    return Paging(
        previous_href=with_query(address, p=str(number - 1)) if number > 1 else None,
        next_href=with_query(address, p=str(number + 1)) if number < pages else None,
        page=number, page_count=pages, total=total,
    )  # fmt: skip
