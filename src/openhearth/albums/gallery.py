"""The people of an album: who is on which photo, and which faces without a name belong together. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from openhearth.albums.records import Face, Said
from openhearth.pipelines.faces.groups import group_faces
from openhearth.pipelines.faces.people import SAME_SCORE, VECTOR_SIZE, Likeness, People, Tagged


@dataclass(frozen=True)
class Match:
    """A face that is somebody's. `score`: how like a tagged one it is, 0.5 to 1; `is_tagged`: a person said so."""

    face: Face
    score: float
    is_tagged: bool


class Gallery:
    """All faces of an album, compared once."""

    def __init__(self, faces: Sequence[tuple[Face, bytes]], said: Sequence[Said]) -> None:
        self.faces = {face.id: face for face, _ in faces}
        self._vectors = np.frombuffer(b"".join(vector for _, vector in faces), np.float32).reshape(
            len(faces), VECTOR_SIZE
        )
        places = {face.id: place for place, (face, _) in enumerate(faces)}
        self._tagged = {one.face_id: one.name for one in said if not one.is_refused}
        known = People([Tagged(one.name, self._vectors[places[one.face_id]], one.is_refused) for one in said])
        likely = known.recognise_all(self._vectors) if faces else []
        self._who = [self._name(face, likeness) for (face, _), likeness in zip(faces, likely, strict=True)]

    @cached_property
    def people(self) -> Mapping[str, Sequence[Match]]:
        """Everybody with a name, most photos first, and their faces, surest first."""
        found: dict[str, list[Match]] = defaultdict(list)
        for face, who in zip(self.faces.values(), self._who, strict=True):
            if who is not None:
                found[who.name].append(Match(face, who.score, face.id in self._tagged))
        ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
        return {name: sorted(matches, key=lambda match: -match.score) for name, matches in ordered}

    @cached_property
    def unnamed(self) -> Sequence[Sequence[Face]]:
        """Faces without a name, those of one person together, the largest group first; in each the clearest face first."""
        rest = [place for place, who in enumerate(self._who) if who is None]
        faces = list(self.faces.values())
        groups = group_faces(self._vectors[rest]) if rest else []
        return [
            sorted((faces[rest[place]] for place in group), key=lambda face: -face.score) for group in groups
        ]

    def group_of(self, face_id: str) -> Sequence[Face]:
        """The faces without a name that belong with this one; none if it has one, or is not there."""
        return next((group for group in self.unnamed if any(face.id == face_id for face in group)), ())

    def _name(self, face: Face, likeness: Likeness | None) -> Likeness | None:
        """What a person said of this very face stands, whatever it is like."""
        said = self._tagged.get(face.id)
        if said is not None:
            return Likeness(0.0, said)
        return likeness if likeness is not None and likeness.score >= SAME_SCORE else None
