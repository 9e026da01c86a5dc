"""The work itself: some seconds at a time, so that others get their turn and nothing is lost when the hub stops.

As whom: the person who asked, with the rights they have now. The hub opens no picture itself: an engine does.
"""

import base64
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from openhearth.access import Action, Actor
from openhearth.albums import queries
from openhearth.albums.photos import list_photos, read_photo
from openhearth.albums.records import Album, NewFace, Seen
from openhearth.albums.service import KIND
from openhearth.db import Database
from openhearth.errors import Busy, Conflict, EngineFailed, HubError, NotFound
from openhearth.jobs import Queue
from openhearth.kit.clock import Clock
from openhearth.repos import Repo, Repos
from openhearth.repos.records import Entry

TASK = "face-recognition"
SLICE_S = 5.0
BATCH = 4
BUSY_WAIT_S = 5.0
TURN_WAIT_S = 1.0
BREAKS_MAX = 3  # a model that breaks so many times in a row will break again


class Input(Protocol):
    """Makes one input of a call."""

    def __call__(self, *, payload: bytes = b"") -> Any: ...


class Model(Protocol):
    """A loaded model."""

    def ask(self, rows: Sequence[Any], parameters: Mapping[str, Any]) -> list[Any]: ...


class Models(Protocol):
    """Opens models of this hub; the inference room answers."""

    def open(self, actor: Actor, repo_id: str, *, task: str) -> Model: ...


class People(Protocol):
    """What this room asks of the accounts room."""

    def find_standing(self, namespace_id: str) -> Actor | None: ...


class Worker:
    def __init__(
        self, *, db: Database, clock: Clock, repos: Repos, queue: Queue, people: People, models: Models, photo_input: Input
    ) -> None:  # fmt: skip
        self._db, self._clock, self._repos, self._queue = db, clock, repos, queue
        self._people, self._models, self._photo_input = people, models, photo_input
        self._turn = threading.Lock()

    def work(self, payload: Mapping[str, Any]) -> None:
        """Look for some seconds, and ask for more. One album at a time in a process: they share its cores."""
        key = str(payload["repo"])
        with self._db.read() as rows:
            album = queries.find_album(rows, key)
        if album is None or not album.is_open:
            return
        if not self._turn.acquire(blocking=False):
            self._go_on(album, delay_s=TURN_WAIT_S)
            return
        try:
            self._slice(album)
        except Busy:
            self._go_on(album, delay_s=BUSY_WAIT_S)
        except HubError as error:
            self._change(album, state="failed", error=error.message)
        finally:
            self._turn.release()

    def _slice(self, album: Album) -> None:
        actor, repo = self._open(album)
        commit = self._repos.content.resolve(repo)
        photos = list_photos(self._repos, repo, commit)
        waiting = self._waiting(album, photos)
        if not waiting:
            self._change(album, state="done", commit=commit, error=None)
            if self._repos.content.resolve(repo) != commit:  # somebody pushed in this moment
                self._change(album, state="waiting")
                self._go_on(album)
            return
        model = self._models.open(actor, album.model, task=TASK)
        if not self._change(album, state="running"):
            return
        ends_at, breaks = time.monotonic() + SLICE_S, 0
        for some in _batches(waiting):
            answers = self._ask(repo, model, some)
            breaks = breaks + 1 if all(isinstance(a, EngineFailed) for a in answers) else 0
            if breaks == BREAKS_MAX:
                raise answers[0]
            if breaks:
                model = self._models.open(actor, album.model, task=TASK)
            elif not self._keep(album, some, answers):
                return  # everything was forgotten meanwhile
            if time.monotonic() > ends_at:
                break
        self._go_on(album)

    def _open(self, album: Album) -> tuple[Actor, Repo]:
        actor = self._people.find_standing(album.asked_by)
        repo = self._repos.catalogue.find_by_key(album.repo_key)
        if actor is None or repo is None:
            raise NotFound("The account that asked for this, or the dataset, is gone.")
        repo = self._repos.catalogue.get(actor, repo.ref, Action.WRITE)
        self._repos.catalogue.require_files(actor, repo)
        return actor, repo

    def _waiting(self, album: Album, photos: Mapping[str, Sequence[Entry]]) -> list[Entry]:
        """The photos that nobody looked at; what is known of others that are gone is deleted."""
        with self._db.read() as rows:
            looked = queries.list_photos(rows, album.repo_key)
        gone = [oid for oid in looked if oid not in photos]
        if gone:
            with self._db.write() as rows:
                queries.delete_photos(rows, album.repo_key, gone)
                queries.touch(rows, album.repo_key)
        return [entries[0] for oid, entries in photos.items() if oid not in looked]

    def _ask(self, repo: Repo, model: Model, entries: Sequence[Entry]) -> list[Any]:
        """For each photo its answer, or the HubError that says why there is none."""
        found: list[Any] = [None] * len(entries)
        inputs, places = [], []
        for place, entry in enumerate(entries):
            try:
                inputs.append(self._photo_input(payload=read_photo(self._repos, repo, entry)))
                places.append(place)
            except HubError as error:
                found[place] = error
        for place, answer in zip(
            places, model.ask(inputs, {"describe": True}) if inputs else [], strict=True
        ):
            found[place] = answer
        return found

    def _keep(self, album: Album, entries: Sequence[Entry], answers: Sequence[Any]) -> bool:
        """Write what was seen; False if the album is gone."""
        with self._db.write() as rows:
            now = queries.find_album(rows, album.repo_key)
            if now is None:
                return False
            network = now.network
            for entry, answer in zip(entries, answers, strict=True):
                seen = _read(answer)
                if network and seen.network and seen.network != network:
                    raise Conflict(
                        "The model that finds faces has changed, and what it says cannot be compared with before; "
                        "forget everything, and look again."
                    )
                network = seen.network or network
                queries.insert_photo(rows, album.repo_key, entry.oid, seen)
            return queries.touch(rows, album.repo_key, network=network, updated_at=self._clock())

    def _go_on(self, album: Album, *, delay_s: float = 0.0) -> None:
        with self._db.write() as rows:
            if queries.update_album(rows, album.repo_key, updated_at=self._clock()):
                self._queue.enqueue(rows, KIND, {"repo": album.repo_key}, delay_s=delay_s)

    def _change(self, album: Album, **values: Any) -> bool:
        with self._db.write() as rows:
            return queries.update_album(rows, album.repo_key, **values, updated_at=self._clock())


def _batches(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), BATCH):
        yield entries[start : start + BATCH]


def _read(answer: Any) -> Seen:
    if isinstance(answer, HubError):
        return Seen(error=answer.message)
    preview = base64.b64decode(answer["preview"]) if answer["preview"] else None
    return Seen(faces=[_face(face) for face in answer["faces"]], preview=preview, network=answer["network"])


def _face(said: Mapping[str, Any]) -> NewFace:
    box = said["box"]
    return NewFace(
        box=(box["xmin"], box["ymin"], box["xmax"], box["ymax"]), score=float(said["score"]),
        vector=np.array(said["vector"], np.float32).tobytes(), picture=base64.b64decode(said["picture"]),
    )  # fmt: skip
