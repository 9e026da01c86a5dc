"""What an album remembers: tagged faces, corrections, and what was read of each photo, in one private file.

Faces are personal data: the file is readable by its owner alone, and what is deleted is overwritten (`secure_delete`).
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from openhearth.errors import Invalid
from openhearth.pipelines.faces.boxes import Box
from openhearth.pipelines.faces.people import Tagged, Vector

FILE_NAME = "album.db"
_TABLES = """
CREATE TABLE IF NOT EXISTS tags (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, is_refused INTEGER NOT NULL, network TEXT NOT NULL,
    photo TEXT NOT NULL, photo_sha256 TEXT NOT NULL, box TEXT NOT NULL, vector BLOB NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS photos (
    sha256 TEXT NOT NULL, network TEXT NOT NULL, faces TEXT NOT NULL, vectors BLOB NOT NULL, PRIMARY KEY (sha256, network)
);
CREATE TABLE IF NOT EXISTS files (path BLOB PRIMARY KEY, stamp TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS unreadable (sha256 TEXT PRIMARY KEY, reason TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Face:
    """A face on a photo: its place on the photo as it is stored, how surely it is one, and what it looks like."""

    box: Box
    score: float
    vector: Vector


@dataclass(frozen=True)
class KnownFile:
    """A file whose content was read before; `stamp` is how it lay on the disk then (`photos.stamp_of`)."""

    path: Path
    stamp: str
    sha256: str


@dataclass(frozen=True)
class Tag:
    """A face that a person named, or said not to be that person's. `photo` is where it lay then."""

    face: Tagged
    photo: str
    photo_sha256: str
    box: Box


class Book:
    """The album's file for faces of one `network`; without a path, in memory and gone with the process."""

    def __init__(self, path: Path | None, network: str) -> None:
        self.path, self.network = path, network
        self._held = sqlite3.connect(":memory:", check_same_thread=False) if path is None else None

    def tag(self, tag: Tag) -> None:
        """Remember a tag; it takes the place of what was said before of this name and this face of this photo."""
        face = tag.face
        where = (face.name, self.network, tag.photo_sha256, _boxed(tag.box))
        with self._open() as rows:
            rows.execute(
                "DELETE FROM tags WHERE name = ? AND network = ? AND photo_sha256 = ? AND box = ?", where
            )
            rows.execute(
                "INSERT INTO tags (name, network, photo_sha256, box, is_refused, photo, vector, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*where, face.is_refused, tag.photo, face.vector.tobytes(), datetime.now(UTC).isoformat()),
            )

    def list_tags(self) -> list[Tag]:
        with self._open() as rows:
            found = rows.execute(
                "SELECT name, vector, is_refused, photo, photo_sha256, box FROM tags WHERE network = ? ORDER BY id",
                (self.network,),
            )
            return [
                Tag(Tagged(name, _vector(vector), bool(refused)), photo, sha256, Box(*json.loads(box)))
                for name, vector, refused, photo, sha256, box in found
            ]

    def untag(self, name: str, photo_sha256: str | None = None) -> int:
        """Delete what was said of `name`, on one photo or at all, with the vectors. Gives how many there were."""
        where, values = ("AND photo_sha256 = ?", [photo_sha256]) if photo_sha256 else ("", [])
        with self._open() as rows:
            return rows.execute(
                f"DELETE FROM tags WHERE name = ? {where}",  # noqa: S608 - no value is spelled in
                [name, *values],
            ).rowcount

    def keep(self, photos: Mapping[str, Sequence[Face]]) -> None:
        """Remember the faces of photos, by the sha256 of their bytes."""
        rows_of = [
            (
                sha256,
                self.network,
                json.dumps([[*astuple(face.box), face.score] for face in faces]),
                b"".join(face.vector.tobytes() for face in faces),
            )
            for sha256, faces in photos.items()
        ]
        with self._open() as rows:
            rows.executemany("INSERT OR REPLACE INTO photos VALUES (?, ?, ?, ?)", rows_of)

    def find_photos(self, sha256s: Iterable[str]) -> dict[str, list[Face]]:
        """Those of the photos that were read before, with their faces."""
        asked = "SELECT faces, vectors FROM photos WHERE sha256 = ? AND network = ?"
        with self._open() as rows:
            found = ((sha256, rows.execute(asked, (sha256, self.network)).fetchone()) for sha256 in sha256s)
            return {sha256: _faces(*row) for sha256, row in found if row is not None}

    def all_photos(self) -> dict[str, list[Face]]:
        """Every photo that was read, with its faces."""
        with self._open() as rows:
            found = rows.execute(
                "SELECT sha256, faces, vectors FROM photos WHERE network = ?", (self.network,)
            )
            return {sha256: _faces(faces, vectors) for sha256, faces, vectors in found}

    def drop_photos(self, sha256s: Iterable[str]) -> None:
        """Forget what was read of these photos."""
        dropped = [(sha256,) for sha256 in sha256s]
        with self._open() as rows:
            rows.executemany("DELETE FROM photos WHERE sha256 = ?", dropped)
            rows.executemany("DELETE FROM files WHERE sha256 = ?", dropped)

    def find_files(self, folder: Path) -> dict[Path, KnownFile]:
        """The files in `folder` and the folders in it that were read before."""
        below = os.fsencode(folder).rstrip(b"/") + b"/"
        with self._open() as rows:
            found = rows.execute(
                "SELECT path, stamp, sha256 FROM files WHERE path >= ? AND path < ?",
                (below, below[:-1] + b"0"),
            )
            files = (KnownFile(Path(os.fsdecode(path)), stamp, sha256) for path, stamp, sha256 in found)
            return {file.path: file for file in files}

    def keep_files(self, files: Iterable[KnownFile], gone: Iterable[Path] = ()) -> None:
        """Remember what lies where, and forget the paths that are `gone`."""
        with self._open() as rows:
            rows.executemany("DELETE FROM files WHERE path = ?", [(os.fsencode(path),) for path in gone])
            rows.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?)",
                [(os.fsencode(file.path), file.stamp, file.sha256) for file in files],
            )

    def find_unreadable(self, sha256s: Iterable[str]) -> dict[str, str]:
        """Those that turned out to be no photo, and why."""
        asked = "SELECT reason FROM unreadable WHERE sha256 = ?"
        with self._open() as rows:
            found = ((sha256, rows.execute(asked, (sha256,)).fetchone()) for sha256 in sha256s)
            return {sha256: row[0] for sha256, row in found if row is not None}

    def keep_unreadable(self, sha256: str, reason: str) -> None:
        with self._open() as rows:
            rows.execute("INSERT OR REPLACE INTO unreadable VALUES (?, ?)", (sha256, reason))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if self._held is not None:
            self._held.executescript(_TABLES)
            yield self._held
            return
        assert self.path is not None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self.path.chmod(0o600)
        try:
            with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
                connection.execute("PRAGMA secure_delete = ON")
                connection.executescript(_TABLES)
                yield connection
        except sqlite3.DatabaseError as error:
            raise Invalid(
                f"album: {self.path} cannot be used ({error}); move it away to begin a new album."
            ) from None


def _boxed(box: Box) -> str:
    return json.dumps(astuple(box))


def _vector(content: bytes) -> Vector:
    return np.frombuffer(content, np.float32)


def _faces(places: str, vectors: bytes) -> list[Face]:
    said = json.loads(places)
    each: Sequence[Vector] = list(np.frombuffer(vectors, np.float32).reshape(len(said), -1)) if said else []
    return [
        Face(Box(*map(int, place)), float(score), vector)
        for (*place, score), vector in zip(said, each, strict=True)
    ]
