"""The nouns of the room. Frozen; times in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, kw_only=True)
class Album:
    """What is known of a dataset's photos. `commit` is the last one whose photos were all looked at."""

    repo_key: str
    asked_by: str
    model: str
    network: str | None
    commit: str | None
    state: State
    error: str | None
    version: int
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in ("waiting", "running")


@dataclass(frozen=True, kw_only=True)
class Face:
    """A face on the photo whose content is `oid`; `box` in pixels: xmin, ymin, xmax, ymax."""

    id: str
    oid: str
    box: tuple[int, int, int, int]
    score: float


@dataclass(frozen=True, kw_only=True)
class NewFace:
    """A face that was just found. `vector` is 128 float32, `picture` a small JPEG."""

    box: tuple[int, int, int, int]
    score: float
    vector: bytes
    picture: bytes


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen on a photo, or why nothing could be; `network` says whose vectors these are."""

    faces: Sequence[NewFace] = ()
    preview: bytes | None = None
    network: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Said:
    """That a face is somebody's, or is not."""

    face_id: str
    name: str
    is_refused: bool


@dataclass(frozen=True)
class Progress:
    """Photos at the newest commit: how many were looked at, could not be read, and are there."""

    done: int
    failed: int
    total: int
