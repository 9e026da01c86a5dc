"""Frames of a film, as people have it: a path or bytes of any common format. ffmpeg's libraries read them, through `av`."""

from collections.abc import Iterator, Sequence
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from openhearth.errors import Invalid
from openhearth.pipelines.inputs import open_media

Frame = NDArray[np.uint8]  # (height, width, 3)
FRAME_MAX_PIXELS = 3840 * 2160
HELD_MAX_BYTES = 1 << 30


def read_frames(source: Any, wanted: Sequence[int] | NDArray[np.int64]) -> list[Frame]:
    """The frames of `source` at the places `wanted`, which rise from 0.

    Of a film that ends before the last of them, as many, evenly from what there is. Raises Invalid for what is no film.
    """
    places = [int(place) for place in wanted]
    found = dict(_decoded(source, set(places)))
    total = max(found) + 1
    if places[-1] >= total:
        places = [int(place) for place in np.linspace(0, total - 1, num=len(places))]
        found = dict(_decoded(source, set(places)))
    return [found[place] for place in places]


def _decoded(source: Any, wanted: set[int]) -> Iterator[tuple[int, Frame]]:
    """Place and pixels of the frames that are wanted, and of the last there is."""
    try:
        with open_media(source) as container:
            yield from _picked(container, wanted)
    except (av.error.FFmpegError, OSError, ValueError, IndexError):
        raise Invalid("video: this is no film that can be read; send MP4, WebM, MOV, MKV or GIF.") from None


def _picked(container: Any, wanted: set[int]) -> Iterator[tuple[int, Frame]]:
    last, place, held_bytes = max(wanted), -1, 0
    frame = None
    for place, frame in enumerate(container.decode(video=0)):
        if frame.width * frame.height > FRAME_MAX_PIXELS:
            raise Invalid(f"video: frames of {frame.width} by {frame.height} are too large; send it smaller.")
        if place in wanted:
            held_bytes += frame.width * frame.height * 3
            if held_bytes > HELD_MAX_BYTES:
                raise Invalid(
                    "video: so many frames of this size are too many; ask for fewer, or send it smaller."
                )
            yield place, frame.to_ndarray(format="rgb24")
        if place >= last:
            return
    if frame is None:
        raise Invalid("video: holds no frames; send another.")
    yield place, frame.to_ndarray(format="rgb24")
