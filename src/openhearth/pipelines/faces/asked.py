"""Which face of a photo people mean. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from openhearth.errors import Invalid
from openhearth.pipelines.faces.boxes import Box

LARGEST = "largest"
# How much of two boxes must be shared to mean the same face.
_SHARED_LEAST = 0.1


def read_box(given: Any) -> Box:
    """A box as answers carry it, a row with one, or four numbers. Raises Invalid."""
    box = given.get("box", given) if isinstance(given, Mapping) else given
    sides: Any = (
        [box.get(side) for side in ("xmin", "ymin", "xmax", "ymax")] if isinstance(box, Mapping) else box
    )
    try:
        read = Box(*(int(side) for side in sides))
    except (TypeError, ValueError):
        raise Invalid(f"box: {given!r} is no box; give xmin, ymin, xmax and ymax.") from None
    if not read.area:
        raise Invalid(f"box: {given!r} holds no pixel; xmin and ymin are its upper left corner.")
    return read


class Boxed(Protocol):
    """A face that was found."""

    @property
    def box(self) -> Box: ...


FaceT = TypeVar("FaceT", bound=Boxed)


def choose_face(faces: Sequence[FaceT], box: Any, photo: str) -> FaceT | Box:
    """The face that is meant; the box itself where no face was found in it. Raises Invalid where it is not clear."""
    if isinstance(box, str) and box != LARGEST:
        raise Invalid(f'box: {box!r} is no box; give xmin, ymin, xmax and ymax, or "{LARGEST}".')
    if box is not None and box != LARGEST:
        wanted = read_box(box)
        nearest = max(faces, key=lambda face: face.box.shared(wanted), default=None)
        return nearest if nearest and nearest.box.shared(wanted) >= _SHARED_LEAST else wanted
    if not faces:
        raise Invalid(
            f"photo: no face is found on {photo}; take one that looks at the camera, or give its box=."
        )
    if len(faces) > 1 and box is None:
        shown = "; ".join(_spell(face.box) for face in sorted(faces, key=lambda face: face.box.xmin))
        raise Invalid(
            f"photo: {len(faces)} faces are on {photo}: {shown}. Give the box= of the one you mean, "
            f'or box="{LARGEST}".'
        )
    return max(faces, key=lambda face: face.box.area)


def _spell(box: Box) -> str:
    return f"({box.xmin}, {box.ymin}, {box.xmax}, {box.ymax})"
