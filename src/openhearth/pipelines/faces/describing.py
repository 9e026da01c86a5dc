"""What an album keeps of a photo, so that a hub can tell people apart without opening pictures or loading networks."""

import base64
import io
from dataclasses import asdict
from typing import Any

from PIL import Image

from openhearth.errors import Invalid
from openhearth.pipelines.faces.boxes import Box
from openhearth.pipelines.faces.finder import FaceFinder
from openhearth.pipelines.faces.photos import open_photo

LEAST_SURE = 0.5
FACES_MAX = 200  # on one photo; the surest are kept
_PREVIEW_SIDE, _FACE_SIDE = 480, 144
_MARGIN = 0.35  # how much of a face's size is shown around it
_QUALITY = 80


def describe_photo(finder: FaceFinder, photo: Any) -> dict[str, Any]:
    """`{"faces": [{"score", "box", "vector", "picture"}], "preview", "network"}` of the bytes of a photo.

    Pictures are small JPEGs as base64 text; there is no preview of a photo without faces. Vectors of different networks
    cannot be compared. Raises Invalid.
    """
    if not isinstance(photo, bytes):
        raise Invalid("inputs: describe= takes the bytes of one photo.")
    image, scale = open_photo(photo, "this file")
    found = finder.find(image, threshold=LEAST_SURE)[:FACES_MAX]
    faces = [
        {
            "score": round(face.score, 4),
            "box": asdict(face.box.scaled(1 / scale)),
            "vector": finder.vector(image, face.frame).tolist(),
            "picture": _jpeg(image.crop(_around(face.box, image.size)), _FACE_SIDE),
        }
        for face in found
    ]
    preview = _jpeg(image, _PREVIEW_SIDE) if faces else None
    return {"faces": faces, "preview": preview, "network": finder.signature}


def _around(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    more = round(max(box.xmax - box.xmin, box.ymax - box.ymin) * _MARGIN)
    wide = Box(box.xmin - more, box.ymin - more, box.xmax + more, box.ymax + more).within(size)
    return wide.xmin, wide.ymin, wide.xmax, wide.ymax


def _jpeg(image: Image.Image, side: int) -> str:
    small = image.copy()
    small.thumbnail((side, side))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=_QUALITY)
    return base64.b64encode(stream.getvalue()).decode()
