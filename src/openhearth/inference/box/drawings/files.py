"""What of a file a page shows: the size of a picture, the wave of a sound, and both as addresses that hold their bytes.

Reads headers and plain samples only: pictures and sounds of strangers are decoded by engines and browsers, not here.
"""

import base64
import io
import wave

import numpy as np
from numpy.typing import NDArray

from openhearth.inference.box.drawings.records import Picture
from openhearth.inference.box.given import GivenFile

# Larger ones would double the page for nothing: whoever gave them has them.
EMBEDDED_MAX_BYTES = 12 << 20
WAVE_WIDTH = 1000
_WAVE_BARS = 400
_SHOWN = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_ORIENTATION = 0x0112
_SAMPLES = {1: "u1", 2: "<i2", 4: "<i4"}
_MAGIC = (
    (b"RIFF", "audio/wav"), (b"OggS", "audio/ogg"), (b"fLaC", "audio/flac"), (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf3", "audio/mpeg"), (b"\x1aE\xdf\xa3", "video/webm"),
)  # fmt: skip


def data_href(content: bytes, content_type: str) -> str:
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


def look_at_picture(file: GivenFile, alt: str) -> Picture | None:
    """Where `file` is shown from and its size when upright; None if it is no picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(file.content)) as image:
            width, height = image.size
            kind = _SHOWN.get(image.format or "")
            if image.getexif().get(_ORIENTATION, 1) >= 5:
                width, height = height, width
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    href = file.href
    if href is None and kind is not None and len(file.content) <= EMBEDDED_MAX_BYTES:
        href = data_href(file.content, kind)
    return Picture(href=href if kind else None, width=width, height=height, alt=alt)


def media_href(file: GivenFile, kind: str) -> str | None:
    """Where a given sound or film is played from; None if it is too large, or of no kind that is known."""
    if file.href is not None or len(file.content) > EMBEDDED_MAX_BYTES:
        return file.href
    head = file.content[:12]
    known = next((content_type for magic, content_type in _MAGIC if head.startswith(magic)), None)
    if known is None and head[4:8] == b"ftyp":
        known = "video/mp4" if kind == "film" else "audio/mp4"
    return data_href(file.content, known) if known else None


def read_wave(content: bytes) -> tuple[NDArray[np.float32], float] | None:
    """The samples (frames,) of a PCM WAV, between -1 and 1, and its length in seconds; None for anything else."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError):
        return None
    if width not in _SAMPLES or not rate or not channels:
        return None
    whole = np.frombuffer(raw[: len(raw) - len(raw) % (width * channels)], _SAMPLES[width]).astype(np.float32)
    samples = (whole - 128) / 128 if width == 1 else whole / float(1 << (8 * width - 1))
    frames = samples.reshape(-1, channels).mean(axis=1)
    return frames, len(frames) / rate


def wave_path(samples: NDArray[np.float32]) -> str:
    """The loudness of `samples` (frames,) as an SVG path, `WAVE_WIDTH` by 100, around the middle."""
    if not len(samples):
        return ""
    bars = min(_WAVE_BARS, len(samples))
    peaks = np.array([np.abs(part).max() for part in np.array_split(samples, bars)])
    heights = np.maximum(peaks / max(float(peaks.max()), 1e-3) * 48, 0.5)
    step = WAVE_WIDTH / bars
    return "".join(
        f"M{(at + 0.5) * step:.1f} {50 - height:.1f}v{2 * height:.1f}" for at, height in enumerate(heights)
    )
