"""Pictures and sounds as people have them: a path, bytes of any common format, or what they hold decoded.

Sounds become mono float32 at the rate a model wants, whatever a microphone or an editor wrote (webm, ogg, wav,
mp3, flac, m4a): ffmpeg's libraries read them, through `av`.
"""

import io
from collections.abc import Iterator, Mapping
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
    """Mono samples at `rate_hz` of a sound or of a film's sound track, by path or bytes; samples are taken as they are.

    Raises Invalid if `source` is no sound, or longer than two hours.
    """
    if isinstance(source, np.ndarray):
        return source.astype(np.float32, copy=False)
    try:
        with av.open(io.BytesIO(source) if isinstance(source, bytes) else str(source)) as container:
            if not container.streams.audio:
                raise Invalid("audio: this file has no sound track; give a sound, or a film that has one.")
            blocks = list(_capped(_samples(container, rate_hz), rate_hz * SOUND_MAX_S))
    except (av.error.FFmpegError, OSError, ValueError, IndexError):
        raise Invalid(
            "audio: this is no sound that can be read; send WAV, MP3, OGG, WebM, FLAC or M4A."
        ) from None
    if not blocks:
        raise Invalid("audio: this file holds no sound; record it again.")
    return np.concatenate(blocks)


def sound_of(given: Any, *, rate_hz: int) -> Sound:
    """As `read_sound`, also of `{"array" or "raw", "sampling_rate"}` as datasets and microphones give sounds.

    Several channels become one: axis 0 counts them, unless it is the longer one.
    """
    if not isinstance(given, Mapping):
        return _mono(read_sound(given, rate_hz=rate_hz))
    samples, from_hz = given.get("raw", given.get("array")), given.get("sampling_rate")
    if samples is None or not isinstance(from_hz, int | float) or from_hz <= 0:
        raise Invalid('audio: a sound as a dict needs "array" (or "raw") and "sampling_rate" in hertz.')
    try:
        mono = _mono(np.asarray(samples, np.float32))
    except (TypeError, ValueError):
        raise Invalid('audio: "array" holds no numbers; give the samples of the sound.') from None
    return mono if int(from_hz) == rate_hz else resample(mono, int(from_hz), rate_hz)


def resample(samples: Sound, from_hz: int, to_hz: int) -> Sound:
    """Mono samples at another rate."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=to_hz)
    blocks = []
    for start in range(0, len(samples), from_hz):
        frame = av.AudioFrame.from_ndarray(
            samples[None, start : start + from_hz], format="flt", layout="mono"
        )
        frame.sample_rate = from_hz
        blocks += resampler.resample(frame)
    return np.concatenate(
        [np.zeros(0, np.float32), *(f.to_ndarray()[0] for f in [*blocks, *resampler.resample(None)])]
    )


def _mono(samples: Sound) -> Sound:
    if samples.ndim == 1:
        return samples
    if samples.ndim != 2:
        raise Invalid(
            f"audio: samples in {samples.ndim} dimensions are no sound; give one row, or one a channel."
        )
    mixed: Sound = samples.mean(axis=0 if samples.shape[0] <= samples.shape[1] else 1)
    return mixed


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
