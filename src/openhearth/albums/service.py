"""The verbs: look at the photos of a dataset, see who is on them, say who somebody is, forget.

Faces are personal data. Who is on the photos is shown to those who may change the dataset, and of a private one to those
who may read it; to everybody else there is no album.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from openhearth.access import Action, Actor, decide
from openhearth.albums import queries
from openhearth.albums.gallery import Gallery, Match
from openhearth.albums.photos import PHOTOS_MAX, list_photos
from openhearth.albums.records import Album, Progress, Said
from openhearth.db import Database
from openhearth.errors import Invalid, NotFound, TooLarge, Unauthenticated, Unsupported
from openhearth.events import RefUpdated
from openhearth.jobs import Queue
from openhearth.kit.clock import Clock
from openhearth.kit.names import RepoRef
from openhearth.pipelines.faces.names import checked_name, find_name
from openhearth.repos import Repo, Repos
from openhearth.repos.records import Entry

KIND = "albums.look"
FACES_AT_ONCE = 1000
_GALLERIES_KEPT = 8


class FaceModels(Protocol):
    """Names the models of this hub that find faces; the inference room answers."""

    def __call__(self, actor: Actor) -> Sequence[str]: ...


@dataclass(frozen=True)
class OpenAlbum:
    """The album of a dataset as its reader may see it. `album` is None before anybody asked for it."""

    repo: Repo
    commit: str
    album: Album | None
    photos: Mapping[str, Sequence[Entry]]  # content → files at the newest commit
    may_change: bool


class Albums:
    def __init__(
        self, *, db: Database, clock: Clock, repos: Repos, queue: Queue, face_models: FaceModels
    ) -> None:
        self._db, self._clock, self._repos, self._queue = db, clock, repos, queue
        self._face_models = face_models
        self._galleries: dict[str, tuple[tuple[int, str], Gallery]] = {}
        self._lock = threading.Lock()

    # Seeing

    def open(self, actor: Actor, ref: RepoRef, *, to_change: bool = False) -> OpenAlbum:
        """Raises RepoNotFound, Gated, Unauthenticated, Forbidden; NotFound for readers of a public dataset."""
        repo = self._admit(actor, ref, Action.WRITE if to_change else Action.READ)
        commit = self._repos.content.resolve(repo)
        with self._db.read() as rows:
            album = queries.find_album(rows, repo.key)
        photos = list_photos(self._repos, repo, commit)
        return OpenAlbum(repo, commit, album, photos, decide(actor, Action.WRITE, repo.resource).allowed)

    def _admit(self, actor: Actor, ref: RepoRef, action: Action) -> Repo:
        repo = self._repos.catalogue.get(actor, ref, action)
        if not self.may_see(actor, repo):
            if actor.is_anonymous:
                raise Unauthenticated(
                    "Who is on photos is shown to those who may change the dataset; sign in first."
                )
            raise NotFound(
                "There is no album of this dataset that you may see: those who may change it see it."
            )
        self._repos.catalogue.require_files(actor, repo)
        return repo

    def may_see(self, actor: Actor, repo: Repo) -> bool:
        needed = Action.READ if repo.is_private else Action.WRITE
        return repo.ref.type == "dataset" and decide(actor, needed, repo.resource).allowed

    def has_album(self, repo: Repo) -> bool:
        with self._db.read() as rows:
            return queries.find_album(rows, repo.key) is not None

    def progress(self, opened: OpenAlbum) -> Progress:
        with self._db.read() as rows:
            looked = queries.list_photos(rows, opened.repo.key)
        here = [error for oid, error in looked.items() if oid in opened.photos]
        return Progress(done=len(here), failed=sum(1 for e in here if e), total=len(opened.photos))

    def list_unreadable(self, opened: OpenAlbum) -> list[tuple[str, str]]:
        """The photos on which nothing could be seen, and why."""
        with self._db.read() as rows:
            looked = queries.list_photos(rows, opened.repo.key)
        found = (
            (opened.photos[oid][0].path, error)
            for oid, error in looked.items()
            if error and oid in opened.photos
        )
        return sorted(found)

    def gallery(self, opened: OpenAlbum) -> Gallery:
        """Everybody on the photos, compared once for each change."""
        key, album = opened.repo.key, opened.album
        version = (album.version if album else -1, opened.commit)
        with self._lock:
            known = self._galleries.get(key)
        if known is not None and known[0] == version:
            return known[1]
        with self._db.read() as rows:
            faces = [kept for kept in queries.list_faces(rows, key) if kept[0].oid in opened.photos]
            here = {face.id for face, _ in faces}
            said = [one for one in queries.list_said(rows, key) if one.face_id in here]
        made = Gallery(faces, said)
        with self._lock:
            self._galleries[key] = (version, made)
            while len(self._galleries) > _GALLERIES_KEPT:
                self._galleries.pop(next(iter(self._galleries)))
        return made

    def find(self, opened: OpenAlbum, words: str) -> tuple[str, Sequence[Match]]:
        """The name that `words` are or speak of, and that person's faces, surest first. Raises NotFound, Invalid."""
        people = self.gallery(opened).people
        name = words if words in people else find_name(checked_name(words), people)
        if name is None:
            there = f"named are {', '.join(sorted(people))}" if people else "nobody is named yet"
            raise NotFound(f"name: nobody called {words[:80]!r} is in this album; {there}.")
        return name, people[name]

    def get_picture(self, actor: Actor, ref: RepoRef, face_id: str) -> bytes:
        """A small JPEG of a face. Raises as `open` does, and NotFound."""
        repo = self._admit(actor, ref, Action.READ)
        with self._db.read() as rows:
            return _found(queries.find_picture(rows, repo.key, face_id))

    def get_preview(self, actor: Actor, ref: RepoRef, oid: str) -> bytes:
        """A small JPEG of a photo with faces. Raises as `open` does, and NotFound."""
        repo = self._admit(actor, ref, Action.READ)
        with self._db.read() as rows:
            return _found(queries.find_preview(rows, repo.key, oid))

    # Changing: only for what was opened to be changed

    def look(self, actor: Actor, opened: OpenAlbum) -> None:
        """Look at the photos that nobody looked at yet or could, in the background. Raises Invalid, TooLarge, Unsupported."""
        if actor.user_id is None:
            raise Unauthenticated("Looking for faces needs an account; sign in first.")
        if not opened.photos:
            raise Invalid("There is no photo in this dataset; they end in jpg, png, heic, webp and the like.")
        if len(opened.photos) > PHOTOS_MAX:
            raise TooLarge(f"There are {len(opened.photos):,} photos; an album holds {PHOTOS_MAX:,}.")
        models = self._face_models(actor)
        if not models:
            raise Unsupported(
                "No model here finds faces; whoever runs this hub adds one: openhearth starter faces"
            )
        album = Album(
            repo_key=opened.repo.key, asked_by=actor.user_id, model=models[0], network=None, commit=None,
            state="waiting", error=None, version=int(self._clock().timestamp()), updated_at=self._clock(),
        )  # fmt: skip
        with self._db.write() as rows:
            known = queries.find_album(rows, opened.repo.key)
            if known is None:
                queries.insert_album(rows, album)
            elif known.is_open:
                return
            else:
                queries.delete_unreadable(rows, opened.repo.key)
                again = {"asked_by": album.asked_by, "model": album.model, "state": "waiting", "error": None}
                queries.touch(rows, opened.repo.key, **again, updated_at=self._clock())
            self._queue.enqueue(rows, KIND, {"repo": opened.repo.key})

    def on_ref_updated(self, event: RefUpdated) -> None:
        """New photos of an album are looked at by themselves."""
        if event.ref != "refs/heads/main" or event.new is None:
            return
        with self._db.write() as rows:
            album = queries.find_album(rows, event.repo_key)
            if album is None or album.is_open:
                return
            queries.touch(rows, event.repo_key, state="waiting", error=None, updated_at=self._clock())
            self._queue.enqueue(rows, KIND, {"repo": event.repo_key})

    def name(self, opened: OpenAlbum, name: str, face_ids: Sequence[str]) -> str:
        """Say whose these faces are; they belong to nobody else then. Gives the name as it is known. Raises Invalid, NotFound."""
        name = self._known_name(opened, checked_name(name))
        gallery = self._checked(opened, face_ids)
        with self._db.write() as rows:
            for other in [other for other in gallery.people if other != name]:
                queries.delete_said(rows, opened.repo.key, other, face_ids)
            queries.put_said(rows, [Said(face, name, False) for face in face_ids], self._clock())
            queries.touch(rows, opened.repo.key)
        return name

    def refuse(self, opened: OpenAlbum, name: str, face_id: str) -> None:
        """Say that a face is not this person's: faces more like it than like the person are taken for them no more."""
        self._checked(opened, [face_id])
        with self._db.write() as rows:
            queries.put_said(rows, [Said(face_id, name, True)], self._clock())
            queries.touch(rows, opened.repo.key)

    def forget(self, opened: OpenAlbum, name: str) -> None:
        """Take back all that was said of somebody. Raises NotFound."""
        with self._db.write() as rows:
            if not queries.delete_said(rows, opened.repo.key, name):
                raise NotFound(f"name: nothing was said of {name[:80]!r} here.")
            queries.touch(rows, opened.repo.key)

    def forget_all(self, opened: OpenAlbum) -> None:
        """Delete every face, vector, picture and name of the album."""
        with self._db.write() as rows:
            queries.delete_album(rows, opened.repo.key)
        with self._lock:
            self._galleries.pop(opened.repo.key, None)

    def _known_name(self, opened: OpenAlbum, name: str) -> str:
        return next((n for n in self.gallery(opened).people if n.casefold() == name.casefold()), name)

    def _checked(self, opened: OpenAlbum, face_ids: Sequence[str]) -> Gallery:
        gallery = self.gallery(opened)
        if not face_ids or len(face_ids) > FACES_AT_ONCE:
            raise Invalid(f"faces: {len(face_ids)} were given; choose 1 to {FACES_AT_ONCE}.")
        if any(face_id not in gallery.faces for face_id in face_ids):
            raise NotFound("faces: one of these faces is not in this album any more; load the page again.")
        return gallery


def _found(picture: bytes | None) -> bytes:
    if picture is None:
        raise NotFound("There is no such picture in this album.")
    return picture
