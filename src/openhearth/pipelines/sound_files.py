"""Sounds that were made, as files in the formats that people ask for; WAV is that of `media.py`, the others are ffmpeg's."""

import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from openhearth.errors import Invalid
from openhearth.pipelines.media import Media, sound_file

_WAVE_HEAD_BYTES = 44


@dataclass(frozen=True)
class _Format:
    container: str
    codec: str
    content_type: str


_FORMATS: Mapping[str, _Format] = {
    "mp3": _Format("mp3", "libmp3lame", "audio/mpeg"),
    "flac": _Format("flac", "flac", "audio/flac"),
    "opus": _Format("ogg", "libopus", "audio/ogg"),
    "ogg": _Format("ogg", "libopus", "audio/ogg"),
    "aac": _Format("adts", "aac", "audio/aac"),
}
SOUND_FORMATS = ("wav", *_FORMATS)
_RAW = "pcm"  # 16-bit samples without a head, as OpenAI's clients may ask for


def encode_sound(samples: Any, rate_hz: int, form: str) -> Media:
    """Float samples between -1 and 1, (samples,) or (channels, samples), as a file. Raises Invalid for another format.

    Where a format does not know the rate, the next higher one that it knows is taken.
    """
    if form == "wav":
        return sound_file(samples, rate_hz)
    if form == _RAW:
        return Media(sound_file(samples, rate_hz).content[_WAVE_HEAD_BYTES:], "audio/pcm")
    if form not in _FORMATS:
        raise Invalid(
            f"format: {form!r} is none that sounds are written in; use one of {', '.join(SOUND_FORMATS)}."
        )
    import av

    chosen = _FORMATS[form]
    channels = np.ascontiguousarray(np.atleast_2d(np.asarray(samples, dtype=np.float32)).clip(-1, 1))
    layout = "mono" if len(channels) == 1 else "stereo"
    known = av.codec.Codec(chosen.codec, "w").audio_rates
    stream = io.BytesIO()
    with av.open(stream, "w", format=chosen.container) as container:
        track = container.add_stream(chosen.codec, rate=_next_rate(known, rate_hz), layout=layout)
        for start in range(0, channels.shape[1], rate_hz):
            part = np.ascontiguousarray(channels[:2, start : start + rate_hz])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
            frame.sample_rate, frame.pts = rate_hz, start
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return Media(stream.getvalue(), chosen.content_type)


def read_wave(content: bytes) -> tuple[Any, int]:
    """Float samples (channels, samples) and the rate of a 16-bit WAV as `media.py` writes it."""
    with wave.open(io.BytesIO(content)) as file:
        whole = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return whole.reshape(-1, file.getnchannels()).T.astype(np.float32) / 32_768, file.getframerate()


def _next_rate(known: Any, rate_hz: int) -> int:
    if not known or rate_hz in known:
        return rate_hz
    chosen: int = min((rate for rate in known if rate > rate_hz), default=max(known))
    return chosen
