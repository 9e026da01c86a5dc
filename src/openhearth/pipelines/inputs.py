"""Pictures and sounds as people have them: a path, bytes of any common format, or what they hold decoded.

Sounds become mono float32 at the rate a model wants, whatever a microphone or an editor wrote (webm, ogg, wav,
mp3, flac, m4a): ffmpeg's libraries read them, through `av`.
"""

import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from openhearth.errors import Invalid
from openhearth.pipelines.lists import number_of

SOUND_RATE_HZ = 16_000
SOUND_MAX_S = 2 * 3600
_RATE_MAX_HZ = 768_000
_LOUDEST_16_BIT = 32_768
_NEVER_SO_LOUD = 8
# The demuxers of ffmpeg that read one file and nothing beside it.
_CONTAINERS = (
    "wav,w64,rf64,aiff,caf,au,voc,mp3,flac,ogg,aac,ac3,eac3,amr,amrnb,amrwb,ape,tta,wv,asf,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "avi,flv,mpeg,mpegts,mpegvideo,gif,apng,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,rm,dv,mxf,nut,ivf,h264,hevc,m4v,mjpeg"
)
IMAGE_MAX_PIXELS = 100_000_000

Sound = NDArray[np.float32]


def read_image(source: Any) -> Image.Image:
    """An RGB picture, turned upright. Raises Invalid if `source` is none."""
    if isinstance(source, Image.Image):
        return _in_colours(source)
    if not isinstance(source, str | bytes | os.PathLike) and hasattr(source, "__array__"):
        return _image_of_array(np.asarray(source))
    try:
        image = Image.open(io.BytesIO(source) if isinstance(source, bytes) else Path(source))
        if image.width * image.height > IMAGE_MAX_PIXELS:
            raise Invalid(f"image: {image.width} by {image.height} pixels are too many; send it smaller.")
        return _in_colours(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError:
        raise Invalid(
            f"image: more than {IMAGE_MAX_PIXELS:,} pixels are too many; send it smaller."
        ) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Invalid("image: this is no picture that can be read; send PNG, JPEG, WebP or GIF.") from None


def _in_colours(image: Image.Image) -> Image.Image:
    """`image` as RGB. What has more than eight bits a pixel is scaled; PIL would cut it off at the brightest."""
    if image.mode in ("F", "I") or image.mode.startswith("I;16"):
        return _image_of_array(np.asarray(image))
    return image.convert("RGB")


def _image_of_array(array: NDArray[Any]) -> Image.Image:
    """Heights × widths (× channels, which torch puts first), as whole numbers to 255 or 65,535 or as shares of one."""
    refused = Invalid(
        f"image: an array of shape {array.shape} and type {array.dtype} is no picture; "
        "give height by width by 3, as uint8 or 0 to 1."
    )
    if array.dtype.kind not in "uifb" or not array.size or not np.isfinite(array).all():
        raise refused
    if array.ndim == 3 and array.shape[0] in (1, 3, 4) and array.shape[2] not in (1, 3, 4):
        array = np.moveaxis(array, 0, -1)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    try:
        return Image.fromarray(_eight_bits(array)).convert("RGB")
    except (TypeError, ValueError):
        raise refused from None


def _eight_bits(array: NDArray[Any]) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return array
    brightest = array.max()
    whole = 1 if array.dtype.kind == "b" or (array.dtype.kind == "f" and brightest <= 1) else 255
    whole = 65_535 if array.dtype == np.uint16 or brightest > 255 else whole
    scaled: NDArray[np.uint8] = (np.clip(array / whole, 0, 1) * 255).round().astype(np.uint8)
    return scaled


def read_sound(source: Any, *, rate_hz: int = SOUND_RATE_HZ) -> Sound:
    """Mono samples at `rate_hz` of a sound or of a film's sound track, by path or bytes; samples are taken as they are.

    Raises Invalid if `source` is no sound, or longer than two hours.
    """
    if not isinstance(source, str | bytes | os.PathLike) and hasattr(source, "__array__"):
        return _samples_of(np.asarray(source))
    try:
        with open_media(source) as container:
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
    samples, from_hz = given.get("raw", given.get("array")), number_of(given.get("sampling_rate"))
    if samples is None or from_hz is None or not 1 <= from_hz <= _RATE_MAX_HZ:
        raise Invalid(
            f'audio: a sound as a dict needs "array" (or "raw") and "sampling_rate" in hertz, up to {_RATE_MAX_HZ:,}.'
        )
    try:
        mono = _mono(_samples_of(np.asarray(samples)))
    except (TypeError, ValueError):
        raise Invalid('audio: "array" holds no numbers; give the samples of the sound.') from None
    return mono if int(from_hz) == rate_hz else resample(mono, int(from_hz), rate_hz)


def open_media(source: Any) -> Any:
    """A container of sound or film, by path or bytes. Playlists and lists of files, which open what they name, are none."""
    return av.open(
        io.BytesIO(source) if isinstance(source, bytes) else str(source),
        container_options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"},
    )


def _samples_of(array: NDArray[Any]) -> Sound:
    """Samples from -1 to 1, whatever numbers they are written in. Raises Invalid for what are no samples."""
    if array.dtype.kind not in "uif" or not np.isfinite(array).all():
        raise Invalid(
            f"audio: the array of {array.dtype} holds no numbers, or NaN among them; give the samples of the sound."
        )
    if array.dtype.kind == "f":
        peak = float(np.abs(array).max(initial=0))
        # Whole numbers that were made floats without being scaled; what is a little too loud stays as it is.
        scale = max(peak, _LOUDEST_16_BIT) if peak > _NEVER_SO_LOUD else 1
        return (array if scale == 1 else array / scale).astype(np.float32, copy=False)
    half = 2.0 ** (array.dtype.itemsize * 8 - 1)
    return ((array - half if array.dtype.kind == "u" else array) / half).astype(np.float32)


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
