"""Faces by dlib: where they are, and 128 numbers for each that are near for photos of one person.

Faces are found by the detector inside dlib (histograms of gradients, a linear classifier); its answer is a margin, which is
squeezed into 0 to 1. Distances are Euclidean: dlib's own limit for "the same person" is 0.6 (dnn_face_recognition_ex.cpp).
"""

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock, local
from typing import Any

import numpy as np
from PIL import Image

from openhearth.errors import Invalid
from openhearth.pipelines.faces.boxes import Box
from openhearth.pipelines.faces.people import Vector
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.machine import require_library

DETECTED_SIDE = 1600  # pixels: at this size the smallest face that is found is a twentieth of the picture
ENLARGED_MOST = 2.0
FILE_MAX_BYTES = 200 << 20
_STEEPNESS, _MIDDLE = 4.0, 0.25  # a margin below 0.25 is more often a collar or a knot than a face


@dataclass(frozen=True)
class Found:
    """A face: its place within the picture, how sure the detector is, 0 to 1, and `frame`, which may reach out of the picture."""

    box: Box
    score: float
    frame: Box


class FaceFinder:
    """The networks of a folder of dlib's. Safe to use from several threads."""

    def __init__(self, found: FoundModel) -> None:
        self.name = found.name
        self._points_file = _file_of(found, "shape_predictor_5_face_landmarks.dat")
        self._network_file = _file_of(found, "dlib_face_recognition_resnet_model_v1.dat")
        self._own = local()
        self._one_at_a_time = Lock()

    @cached_property
    def signature(self) -> str:
        """Names the network: vectors of different ones cannot be compared."""
        with self._network_file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def find(self, image: Image.Image, *, threshold: float = 0.5) -> list[Found]:
        """The faces of an upright RGB picture, surest first."""
        scale = min(ENLARGED_MOST, DETECTED_SIDE / max(image.size))
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        # Without colours it takes a third less, and finds the same faces.
        small = image.convert("L").resize(size, Image.Resampling.BILINEAR)
        boxes, margins, _ = self._detector.run(np.asarray(small), 0, margin_of(threshold))
        found = [
            _found(rectangle, margin, scale, image.size)
            for rectangle, margin in zip(boxes, margins, strict=True)
        ]
        return sorted(found, key=lambda face: -face.score)

    def vector(self, image: Image.Image, box: Box) -> Vector:
        """What the face in `box` looks like."""
        import dlib

        pixels = np.asarray(image)
        rectangle = dlib.rectangle(box.xmin, box.ymin, box.xmax, box.ymax)
        with self._one_at_a_time:
            points = self._points(pixels, rectangle)
            return np.array(self._network.compute_face_descriptor(pixels, points), np.float32)

    @property
    def _detector(self) -> Any:
        """One for each thread: it keeps the picture that it looks at."""
        import dlib

        if not hasattr(self._own, "detector"):
            self._own.detector = dlib.get_frontal_face_detector()
        return self._own.detector

    @cached_property
    def _points(self) -> Any:
        import dlib

        return _load(dlib.shape_predictor, self._points_file, self.name)

    @cached_property
    def _network(self) -> Any:
        import dlib

        return _load(dlib.face_recognition_model_v1, self._network_file, self.name)


def load_finder(found: FoundModel) -> FaceFinder:
    """Raises Unsupported where dlib is missing, Invalid for a folder without its files."""
    require_library("dlib", "Finding faces", extra="vision")
    return FaceFinder(found)


def _file_of(found: FoundModel, name: str) -> Path:
    path = found.path / name
    if not path.is_file() or path.stat().st_size > FILE_MAX_BYTES:
        raise Invalid(f"model: {found.name} holds no {name}; take starter/faces, or add the file.")
    return path


def _load(kind: Any, path: Path, name: str) -> Any:
    try:
        return kind(str(path))
    except RuntimeError:
        raise Invalid(f"model: {path.name} of {name} is no file that dlib can read; push it again.") from None


def _score(margin: float) -> float:
    return 1 / (1 + math.exp(-_STEEPNESS * (margin - _MIDDLE)))


def margin_of(score: float) -> float:
    """The detector's margin that is squeezed into `score`. Raises Invalid outside of 0 to 1."""
    if not 0 < score < 1:
        raise Invalid(f"threshold: {score} does not lie between 0 and 1; 0.5 is usual.")
    return _MIDDLE - math.log(1 / score - 1) / _STEEPNESS


def _found(rectangle: Any, margin: float, scale: float, size: tuple[int, int]) -> Found:
    """What was found at `scale` in a picture of `size`."""
    sides = (rectangle.left(), rectangle.top(), rectangle.right() + 1, rectangle.bottom() + 1)
    frame = Box(*(round(side / scale) for side in sides))
    return Found(frame.within(size), _score(margin), frame)
