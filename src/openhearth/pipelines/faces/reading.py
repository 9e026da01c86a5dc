"""The faces of photos, each photo read once: what was seen is kept under the hash of its bytes."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from openhearth.errors import HubError, Invalid
from openhearth.pipelines.faces.book import Book, Face
from openhearth.pipelines.faces.finder import FaceFinder
from openhearth.pipelines.faces.photos import local_path, open_photo, read_bytes
from openhearth.pipelines.lists import with_progress
from openhearth.pipelines.reading import Reader

log = logging.getLogger(__name__)
LEAST_SURE = 0.5  # what an album looks at: faces that are more likely one than not
THREADS_MAX = 4
_KEPT_TOGETHER = 32

T = TypeVar("T")
Skipped = list[tuple[Path, str]]


@dataclass(frozen=True)
class Seen:
    """A photo, open. `scale`: the size of `image` as a share of the photo's own, in whose pixels the faces are placed."""

    name: str
    sha256: str
    image: Image.Image
    scale: float
    faces: list[Face]


class FaceReader:
    """`links` opens what is no local file; `opens_files` False: local files are not opened at all."""

    def __init__(
        self, finder: FaceFinder, book: Book, links: Reader, *, opens_files: bool = True, threads: int = 0
    ) -> None:
        self.finder, self.book = finder, book
        self._links, self._opens_files = links, opens_files
        self._threads = threads or min(THREADS_MAX, os.cpu_count() or 1)

    def find_folder(self, photo: Any) -> Path | None:
        """The folder that `photo` names, if it names one."""
        path = local_path(photo) if self._opens_files else None
        return path if path is not None and path.is_dir() else None

    def see(self, photo: Any) -> Seen:
        """A path, a link, bytes or a picture. Raises HubError with a sentence for what is no picture."""
        path = local_path(photo) if self._opens_files else None
        if path is not None:
            return self._see_bytes(read_bytes(path), str(path))
        if isinstance(photo, bytes):
            return self._see_bytes(photo, "the picture")
        image, read = self._links.read(photo)
        if not isinstance(image, Image.Image):
            raise Invalid(
                f"photo: {type(photo).__name__} is no photo; give a path, a link, bytes or a picture."
            )
        image = image.convert("RGB")
        sha256 = hashlib.sha256(image.tobytes()).hexdigest()
        return Seen(read[0].origin if read else "the picture", sha256, image, 1.0, self._faces(image, 1.0))

    def see_all(self, files: Sequence[Path]) -> tuple[dict[Path, list[Face]], Skipped]:
        """The faces of each file that is a picture, and why the others are none."""
        skipped: Skipped = []
        hashes = dict(self._each(_hash, files, "looking for photos", skipped))
        known = self.book.find_photos(set(hashes.values()))
        first = {sha256: path for path, sha256 in reversed(hashes.items()) if sha256 not in known}
        waiting: dict[str, list[Face]] = {}
        for path, faces in self._each(self._look, list(first.values()), "looking at photos", skipped):
            waiting[hashes[path]] = faces
            if len(waiting) >= _KEPT_TOGETHER:
                self._keep(waiting, known)
        self._keep(waiting, known)
        if skipped:
            log.warning("%d of %d files are no photos that can be read", len(skipped), len(files))
        return {path: known[sha256] for path, sha256 in hashes.items() if sha256 in known}, sorted(skipped)

    def _see_bytes(self, content: bytes, name: str) -> Seen:
        sha256 = hashlib.sha256(content).hexdigest()
        image, scale = open_photo(content, name)
        faces = self.book.find_photos([sha256]).get(sha256)
        if faces is None:
            faces = self._faces(image, scale)
            self.book.keep({sha256: faces})
        return Seen(name, sha256, image, scale, faces)

    def _faces(self, image: Image.Image, scale: float) -> list[Face]:
        return [
            Face(found.box.scaled(1 / scale), found.score, self.finder.vector(image, found.frame))
            for found in self.finder.find(image, threshold=LEAST_SURE)
        ]

    def _look(self, path: Path) -> list[Face]:
        return self._faces(*open_photo(read_bytes(path), str(path)))

    def _keep(self, waiting: dict[str, list[Face]], known: dict[str, list[Face]]) -> None:
        self.book.keep(waiting)
        known |= waiting
        waiting.clear()

    def _each(
        self, work: Callable[[Path], T], files: Sequence[Path], what: str, skipped: Skipped
    ) -> Iterator[tuple[Path, T]]:
        """What `work` makes of each file, several at a time; files that it refuses are skipped."""
        with ThreadPoolExecutor(self._threads) as pool:
            try:
                outcomes = pool.map(partial(_outcome, work), files)
                for path, outcome in zip(with_progress(files, what), outcomes, strict=True):
                    if isinstance(outcome, HubError):
                        skipped.append((path, outcome.message))
                    else:
                        yield path, outcome
            finally:
                pool.shutdown(cancel_futures=True)


def _outcome(work: Callable[[Path], T], path: Path) -> T | HubError:
    try:
        return work(path)
    except HubError as error:
        return error


def _hash(path: Path) -> str:
    return hashlib.sha256(read_bytes(path)).hexdigest()
