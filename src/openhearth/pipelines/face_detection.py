"""face-detection: a picture in, the boxes of the faces on it out."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from openhearth.pipelines.faces.finder import FaceFinder, Found, load_finder
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.inputs import read_image
from openhearth.pipelines.options import PipelineOptions

THRESHOLD = 0.5


class FaceDetection:
    def __init__(self, finder: FaceFinder) -> None:
        self.finder = finder

    def __call__(self, inputs: Any, *, threshold: float = THRESHOLD) -> Any:
        """`[{"score", "label": "face", "box": {xmin, ymin, xmax, ymax}}]`, surest first; a list of these for a list."""
        if isinstance(inputs, list | tuple):
            return [self(each, threshold=threshold) for each in inputs]
        return rows_of(self.finder.find(read_image(inputs), threshold=threshold))


def rows_of(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Faces in the shape of object-detection."""
    return [{"score": face.score, "label": "face", "box": asdict(face.box)} for face in found]


def load(found: FoundModel, task: str, options: PipelineOptions) -> FaceDetection:
    return FaceDetection(load_finder(found))
