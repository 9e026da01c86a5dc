"""Films: frames with their rate, written as MP4 (H.264) and read back, through `av`."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from openhearth.errors import Invalid

DEFAULT_FPS = 8


@dataclass(frozen=True, kw_only=True)
class Film:
    """Pictures of one size, `fps` of them a second."""

    frames: Sequence[Image.Image]
    fps: float = DEFAULT_FPS

    def save(self, path: str | Path) -> None:
        """Write the film to `path`, as MP4."""
        Path(path).write_bytes(self.mp4())

    def mp4(self) -> bytes:
        """The film as browsers play it. Odd sides lose a line: H.264 with halved colours needs even ones."""
        import av

        stream_bytes = io.BytesIO()
        first = self.frames[0]
        width, height = max(2, first.width // 2 * 2), max(2, first.height // 2 * 2)
        with av.open(stream_bytes, "w", format="mp4") as container:
            stream: Any = container.add_stream("libx264", rate=_as_rate(self.fps))
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.options = {"crf": "18"}
            for image in self.frames:
                frame = av.VideoFrame.from_image(image.convert("RGB").crop((0, 0, width, height)))
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return stream_bytes.getvalue()

    def __repr__(self) -> str:
        size = f"{self.frames[0].width}×{self.frames[0].height}"
        return f"<Film {size}, {len(self.frames)} frames at {self.fps:g} a second>"


def checked_fps(fps: Any) -> float:
    """`fps` as a number. Raises Invalid beyond 1 to 120."""
    if isinstance(fps, bool) or not isinstance(fps, int | float) or not 1 <= fps <= 120:
        raise Invalid(f"fps: {fps!r} is no rate from 1 to 120 frames a second.")
    return float(fps)


def _as_rate(fps: float) -> Any:
    from fractions import Fraction

    return Fraction(fps).limit_denominator(1001)
