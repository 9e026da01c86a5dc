"""The faces of photos, each photo read once: what was seen is kept under the hash of its bytes."""

import hashlib
import logging
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from openhearth.errors import HubError, Invalid
from openhearth.pipelines.faces.book import Book, Face, KnownFile
from openhearth.pipelines.faces.finder import FaceFinder
from openhearth.pipelines.faces.photos import list_photos, local_path, open_photo, read_bytes, stamp_of
from openhearth.pipelines.lists import with_progress
from openhearth.pipelines.reading import Reader

log = logging.getLogger(__name__)
LEAST_SURE = 0.5  # what an album looks at: faces that are more likely one than not
THREADS_MAX = 4
_KEPT_TOGETHER = 32
_SETTLED_NS = 2_000_000_000
_PHOTO = "{photo}"  # stands for the path in a reason that is kept

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

    def see_all(self, folder: Path) -> tuple[dict[Path, list[Face]], Skipped]:
        """The faces of each photo in `folder`, and why other files are none.

        What was seen is kept as it goes: whoever stops this goes on where it was, and several processes share the work.
        """
        skipped: Skipped = []
        hashes = self._hash_all(_absolute(folder), list_photos(folder), skipped)
        known = self.book.find_photos(set(hashes.values()))
        broken = self.book.find_unreadable(set(hashes.values()) - set(known))
        new = {
            sha256: path for path, sha256 in hashes.items() if sha256 not in known and sha256 not in broken
        }
        known |= self._look_at_all(new, skipped)
        skipped += [(p, broken[s].replace(_PHOTO, str(p))) for p, s in hashes.items() if s in broken]
        if skipped:
            log.warning("%d of %d files are no photos that can be read", len(skipped), len(hashes))
        return {path: known[sha256] for path, sha256 in hashes.items() if sha256 in known}, sorted(skipped)

    def _hash_all(self, folder: Path, files: Sequence[Path], skipped: Skipped) -> dict[Path, str]:
        """The hash of each file's content, read again only where the file changed."""
        known = self.book.find_files(folder)
        found: dict[Path, str] = {}
        changed: dict[Path, tuple[str, int]] = {}
        for path in files:
            stamp = stamp_of(path)
            before = known.pop(_absolute(path), None)
            if before is not None and before.stamp == stamp[0]:
                found[path] = before.sha256
            else:
                changed[path] = stamp
        found |= dict(self._each(_hash, list(changed), "looking for photos", skipped))
        # A file that is being written now may change again without looking any different.
        settled = time.time_ns() - _SETTLED_NS
        keep = [
            KnownFile(_absolute(path), stamp, found[path])
            for path, (stamp, changed_ns) in changed.items()
            if path in found and changed_ns < settled
        ]
        if keep or known:
            self.book.keep_files(keep, gone=known)
        return {path: found[path] for path in files if path in found}

    def _look_at_all(self, photos: dict[str, Path], skipped: Skipped) -> dict[str, list[Face]]:
        """In no order, so that of two processes each does another half."""
        hashes = {path: sha256 for sha256, path in photos.items()}
        files = random.sample(list(hashes), len(hashes))
        seen: dict[str, list[Face]] = {}
        waiting: dict[str, list[Face]] = {}
        try:
            for path, faces in self._each(partial(self._look, hashes), files, "looking at photos", skipped):
                waiting[hashes[path]] = seen[hashes[path]] = faces
                if len(waiting) >= _KEPT_TOGETHER:
                    self.book.keep(waiting)
                    waiting.clear()
        finally:
            self.book.keep(waiting)
        return seen

    def _see_bytes(self, content: bytes, name: str) -> Seen:
        sha256 = hashlib.sha256(content).hexdigest()
        image, scale = open_photo(content, name)
        faces = self.book.find_photos([sha256]).get(sha256)
        if faces is None:
            faces = self._faces(image, scale)
            if self.book.path is not None:
                self.book.keep({sha256: faces})
        return Seen(name, sha256, image, scale, faces)

    def _faces(self, image: Image.Image, scale: float) -> list[Face]:
        return [
            Face(found.box.scaled(1 / scale), found.score, self.finder.vector(image, found.frame))
            for found in self.finder.find(image, threshold=LEAST_SURE)
        ]

    def _look(self, hashes: Mapping[Path, str], path: Path) -> list[Face]:
        sha256 = hashes[path]
        if seen := self.book.find_photos([sha256]):
            return seen[sha256]
        try:
            return self._faces(*open_photo(read_bytes(path), str(path)))
        except Invalid as error:
            self.book.keep_unreadable(sha256, error.message.replace(str(path), _PHOTO))
            raise

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


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are


def _hash(path: Path) -> str:
    return hashlib.sha256(read_bytes(path)).hexdigest()
