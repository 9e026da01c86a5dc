"""Pictures, sounds and films that a task made, as files: PNG, WAV and MP4."""

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

SUFFIXES = {
    "image/png": ".png",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/flac": ".flac",
    "audio/ogg": ".ogg",
    "audio/aac": ".aac",
    "video/mp4": ".mp4",
}
_FULL_SCALE = 32_767  # of 16-bit samples


@dataclass(frozen=True)
class Media:
    """The bytes of a file and what they are."""

    content: bytes
    content_type: str

    @property
    def suffix(self) -> str:
        return SUFFIXES[self.content_type]


@dataclass(frozen=True)
class Film:
    """Frames of equal size, `fps` of them a second."""

    frames: Sequence[Image.Image]
    fps: float = 8.0

    def save(self, path: str | Path) -> None:
        """Write it as an MP4."""
        Path(path).write_bytes(film_file(self).content)


def media_of(answer: Any) -> Media:
    """The file of a picture, a film, or a sound of the shape `{"audio", "sampling_rate"}`. Raises TypeError for anything else."""
    if isinstance(answer, Image.Image):
        return image_file(answer)
    if isinstance(answer, Film):
        return film_file(answer)
    if isinstance(answer, dict) and "audio" in answer:
        return sound_file(answer["audio"], answer["sampling_rate"])
    raise TypeError(f"{type(answer).__name__} is no picture, sound or film")


def image_file(image: Image.Image) -> Media:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return Media(stream.getvalue(), "image/png")


def sound_file(samples: Any, rate_hz: int) -> Media:
    """16-bit WAV of float samples between -1 and 1, of shape (samples,) or (channels, samples)."""
    channels = np.atleast_2d(np.asarray(samples, dtype=np.float32))
    whole = (np.clip(channels, -1, 1) * _FULL_SCALE).astype("<i2")
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(int(rate_hz))
        file.writeframes(whole.T.tobytes())
    return Media(stream.getvalue(), "audio/wav")


def film_file(film: Film) -> Media:
    """H.264 in MP4, as browsers play it; odd widths and heights lose their last row of pixels."""
    import av

    stream = io.BytesIO()
    width, height = (side - side % 2 for side in film.frames[0].size)
    with av.open(stream, "w", format="mp4") as container:
        track = container.add_stream("libx264", rate=Fraction(film.fps).limit_denominator(1000))
        track.width, track.height, track.pix_fmt = width, height, "yuv420p"
        for frame in film.frames:
            picture = frame.convert("RGB").crop((0, 0, width, height))
            container.mux(track.encode(av.VideoFrame.from_image(picture)))
        container.mux(track.encode(None))
    return Media(stream.getvalue(), "video/mp4")
