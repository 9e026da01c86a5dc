"""face-recognition: an album. A face tagged once is found again in other photos, by name.

album = pipeline("face-recognition")
album.tag("Ana", "ana.jpg")
album.find("Ana", in_="photos/")
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from openhearth.config import load_settings
from openhearth.errors import Invalid, NotFound
from openhearth.pipelines.faces.asked import choose_face
from openhearth.pipelines.faces.book import FILE_NAME, Book, Face, Tag
from openhearth.pipelines.faces.boxes import Box
from openhearth.pipelines.faces.describing import describe_photo
from openhearth.pipelines.faces.finder import load_finder
from openhearth.pipelines.faces.groups import group_faces
from openhearth.pipelines.faces.names import checked_name, get_name
from openhearth.pipelines.faces.people import SAME_SCORE, Likeness, People, Tagged, Vector
from openhearth.pipelines.faces.photos import list_photos, local_path
from openhearth.pipelines.faces.reading import FaceReader, Seen, Skipped
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.reading import Reader

UNKNOWN = "unknown"
TAGGED_TOGETHER = 10


class Album:
    """Tags, and what was read of photos, are kept in the person's data folder, in a file that only they can read.

    `skipped` holds the files of the last folder that could not be read, each with the reason.
    """

    takes = "album"

    def __init__(self, reader: FaceReader) -> None:
        self.skipped: Skipped = []
        self._reader, self._book = reader, reader.book

    def __call__(
        self, inputs: Any = None, name: str | None = None, *, in_: Any = None, people: Mapping[str, Any] | None = None,
        threshold: float = SAME_SCORE, top_k: int | None = None, describe: bool = False,
    ) -> Any:  # fmt: skip
        """Every face on a photo, in a folder or a list of these: `{"label", "score", "box", "path"}`; of one `name`, best first.

        With `in_`, `inputs` are words that speak of somebody: `album("show me Ana", in_="photos/")`. `people` are names,
        each with a photo or several, for this call alone. Whom nobody is like is "unknown", with the score of being a face.
        With `describe`, what an album keeps of one photo, to be compared elsewhere (`faces/describing.py`).
        """
        if describe:
            return describe_photo(self._reader.finder, inputs)
        if in_ is not None:
            name, inputs = (name, in_) if inputs is None else (inputs, in_)
        if inputs is None:
            raise Invalid("inputs: are missing; give a photo or a folder.")
        known = self._known(people)
        wanted = None if name is None else get_name(name, known.names)
        rows = [row for where in _listed(inputs) for row in _rows(self._faces(where), known, threshold)]
        if wanted is not None:
            rows = sorted((row for row in rows if row["label"] == wanted), key=lambda row: -row["score"])
        return rows[:top_k]

    def find(
        self, name: str, in_: Any, *, threshold: float = SAME_SCORE, top_k: int | None = None
    ) -> list[dict[str, Any]]:
        """The photos in a folder (or a photo, or a list) that show `name`, best first."""
        rows: list[dict[str, Any]] = self(name, in_=in_, threshold=threshold, top_k=top_k)
        return rows

    def unnamed(self, in_: Any, *, threshold: float = SAME_SCORE) -> list[dict[str, Any]]:
        """Faces without a name, those of one person together: `{"count", "faces"}`, the most frequent person first.

        `tag(name, group)` names them.
        """
        known = self._known(None)
        faces = [face for where in _listed(in_) for face in self._faces(where)]
        rows = _rows(faces, known, threshold)
        rest = [place for place, row in enumerate(rows) if row["label"] == UNKNOWN]
        groups = group_faces(np.stack([faces[place][1].vector for place in rest])) if rest else []
        named = ([rows[rest[place]] for place in group] for group in groups)
        return [
            {"count": len(group), "faces": sorted(group, key=lambda row: -row["score"])} for group in named
        ]

    def count_people(self, in_: Any) -> dict[str, int]:
        """Everybody with a name on these photos, and on how many of them they are."""
        shown = {(row["label"], row.get("path")) for row in self(in_) if row["label"] != UNKNOWN}
        return dict(Counter(name for name, _ in shown).most_common())

    def tag(self, name: str, photo: Any, box: Any = None) -> dict[str, Any]:
        """Say whose face is on `photo`. Of several faces, the one in `box` (or a row found before), or the "largest".

        `photo` may be a group that `unnamed` gave: its clearest faces are tagged. Gives what was said last.
        """
        if isinstance(photo, Mapping) and photo.get("faces"):
            clearest = photo["faces"][:TAGGED_TOGETHER]
            return [self.tag(name, row.get("path"), box=row) for row in clearest][-1]
        seen = self._reader.see(photo)
        return self._say(checked_name(name), seen, choose_face(seen.faces, box, seen.name), is_refused=False)

    def not_this(self, name: str, photo: Any, box: Any = None) -> dict[str, Any]:
        """Say that a face taken for `name` is not theirs. Faces more like it than like `name` are taken for them no more."""
        name = get_name(name, self.names)
        seen, known = self._reader.see(photo), self._known(None)
        taken = [
            face
            for face in seen.faces
            if (who := known.recognise(face.vector)) and who.name == name and who.score >= SAME_SCORE
        ]
        if box is None and not taken:
            raise Invalid(
                f"photo: nobody on {seen.name} is taken for {name}; give the box= of the face you mean."
            )
        face = choose_face(taken if box is None else seen.faces, box, seen.name)
        return self._say(name, seen, face, is_refused=True)

    def untag(self, name: str, photo: Any) -> None:
        """Take back what was said of `name` on `photo`, and delete the vectors."""
        name = get_name(name, self._said)
        seen = self._reader.see(photo)
        if not self._book.untag(name, seen.sha256):
            raise NotFound(
                f"photo: nothing was said of {name} on {seen.name}; album.tags lists what was said."
            )

    def forget(self, name: str) -> None:
        """Delete every tag of `name`, and what was read of photos that show somebody like them, with all vectors."""
        forget(self._book, get_name(name, self._said))

    @property
    def names(self) -> dict[str, int]:
        """Everybody who is tagged, and by how many faces."""
        return dict(Counter(tag.face.name for tag in self._book.list_tags() if not tag.face.is_refused))

    @property
    def tags(self) -> list[dict[str, Any]]:
        """What was said of whom, on which photo and where; `is_refused`: that it is not them."""
        return [_spell(tag) for tag in self._book.list_tags()]

    def photos_of(self, given: Any) -> list[Any]:
        """The photos in a folder, or the photo itself."""
        folder = self._reader.find_folder(given)
        return [given] if folder is None else list(list_photos(folder))

    @property
    def _said(self) -> set[str]:
        return {tag.face.name for tag in self._book.list_tags()}

    def _known(self, people: Mapping[str, Any] | None) -> People:
        if people is None:
            return People([tag.face for tag in self._book.list_tags()])
        shown = ((checked_name(name), photo) for name, photos in people.items() for photo in _listed(photos))
        return People([Tagged(name, self._only_vector(photo)) for name, photo in shown])

    def _only_vector(self, photo: Any) -> Vector:
        seen = self._reader.see(photo)
        return self._vector(seen, choose_face(seen.faces, None, seen.name))

    def _say(self, name: str, seen: Seen, face: Face | Box, *, is_refused: bool) -> dict[str, Any]:
        same = (known for known in self._said if known.casefold() == name.casefold())
        box = face if isinstance(face, Box) else face.box
        tagged = Tagged(next(same, name), self._vector(seen, face), is_refused)
        said = Tag(tagged, seen.name, seen.sha256, box)
        self._book.tag(said)
        return _spell(said)

    def _vector(self, seen: Seen, face: Face | Box) -> Vector:
        return (
            face.vector
            if isinstance(face, Face)
            else self._reader.finder.vector(seen.image, face.scaled(seen.scale))
        )

    def _faces(self, where: Any) -> list[tuple[str | None, Face]]:
        """Every face on a photo or in a folder, with the photo's path if it has one."""
        folder = self._reader.find_folder(where)
        if folder is None:
            path = local_path(where)
            return [(str(path) if path else None, face) for face in self._reader.see(where).faces]
        photos, self.skipped = self._reader.see_all(folder)
        return [(str(path), face) for path, faces in photos.items() for face in faces]


def forget(book: Book, name: str) -> None:
    """Delete all that is known of `name`, as `Album.forget` does."""
    who = People([tag.face for tag in book.list_tags() if tag.face.name == name and not tag.face.is_refused])
    book.untag(name)
    book.drop_photos(
        sha256
        for sha256, faces in book.all_photos().items()
        if any((like := who.recognise(face.vector)) and like.score >= SAME_SCORE for face in faces)
    )


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _rows(faces: Sequence[tuple[str | None, Face]], known: People, threshold: float) -> list[dict[str, Any]]:
    """A row for each face on a photo, named where somebody is like it."""
    if not faces:
        return []
    likely = known.recognise_all(np.stack([face.vector for _, face in faces]))
    return [
        _row(path, face, who if who is not None and who.score >= threshold else None)
        for (path, face), who in zip(faces, likely, strict=True)
    ]


def _row(path: str | None, face: Face, who: Likeness | None) -> dict[str, Any]:
    label, score = (UNKNOWN, face.score) if who is None else (who.name, who.score)
    row = {"label": label, "score": score, "box": asdict(face.box)}
    return row if path is None else {**row, "path": path}


def _spell(tag: Tag) -> dict[str, Any]:
    said = {"name": tag.face.name, "photo": tag.photo, "box": asdict(tag.box)}
    return {**said, "is_refused": True} if tag.face.is_refused else said


def open_book(network: str) -> Book:
    """The person's own album file, for faces of `network`."""
    return Book(load_settings().data / FILE_NAME, network)


def load(found: FoundModel, task: str, options: PipelineOptions) -> Album:
    finder = load_finder(found)
    book = open_book(finder.signature) if options.keeps else Book(None, finder.signature)
    links = Reader("image", allow_private=load_settings().fetch_allow_private, links_only=not options.keeps)
    return Album(FaceReader(finder, book, links, opens_files=options.keeps, threads=options.threads))
