"""Pictures and sounds as people have them: a path, bytes of any common format, or what they hold decoded.

Sounds become mono float32 at the rate a model wants, whatever a microphone or an editor wrote (webm, ogg, wav,
mp3, flac, m4a): ffmpeg's libraries read them, through `av`.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from openhearth.errors import Invalid

SOUND_RATE_HZ = 16_000
SOUND_MAX_S = 2 * 3600
IMAGE_MAX_PIXELS = 100_000_000

Sound = NDArray[np.float32]


def read_image(source: Any) -> Image.Image:
    """An RGB picture, turned upright. Raises Invalid if `source` is none."""
    if isinstance(source, Image.Image):
        return source.convert("RGB")
    if isinstance(source, np.ndarray):
        return _image_of_array(source)
    try:
        image = Image.open(io.BytesIO(source) if isinstance(source, bytes) else Path(source))
        if image.width * image.height > IMAGE_MAX_PIXELS:
            raise Invalid(f"image: {image.width} by {image.height} pixels are too many; send it smaller.")
        return ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Invalid("image: this is no picture that can be read; send PNG, JPEG, WebP or GIF.") from None


def _image_of_array(array: NDArray[Any]) -> Image.Image:
    """Heights × widths (× channels), as integers to 255 or as shares of one."""
    pixels = array if array.dtype == np.uint8 else (np.clip(array, 0, 1) * 255).round().astype(np.uint8)
    try:
        return Image.fromarray(pixels).convert("RGB")
    except (TypeError, ValueError):
        raise Invalid(
            f"image: an array of shape {array.shape} is no picture; give height by width by 3, as uint8 or 0 to 1."
        ) from None


def read_sound(source: Any, *, rate_hz: int = SOUND_RATE_HZ) -> Sound:
    """Mono samples at `rate_hz`. Raises Invalid if `source` is no sound, or longer than two hours."""
    if isinstance(source, np.ndarray):
        return source.astype(np.float32, copy=False)
    try:
        with av.open(io.BytesIO(source) if isinstance(source, bytes) else str(source)) as container:
            blocks = list(_capped(_samples(container, rate_hz), rate_hz * SOUND_MAX_S))
    except (av.error.FFmpegError, OSError, ValueError, IndexError):
        raise Invalid(
            "audio: this is no sound that can be read; send WAV, MP3, OGG, WebM, FLAC or M4A."
        ) from None
    if not blocks:
        raise Invalid("audio: this file holds no sound; record it again.")
    return np.concatenate(blocks)


def _samples(container: Any, rate_hz: int) -> Iterator[Sound]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
    for frame in container.decode(audio=0):
        for resampled in resampler.resample(frame):
            yield resampled.to_ndarray()[0]
    for resampled in resampler.resample(None):
        yield resampled.to_ndarray()[0]


def _capped(blocks: Iterator[Sound], longest: int) -> Iterator[Sound]:
    total = 0
    for block in blocks:
        total += len(block)
        if total > longest:
            raise Invalid(f"audio: longer than {SOUND_MAX_S // 3600} hours; send it in parts.")
        yield block
