from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from openhearth.errors import Invalid
from openhearth.pipelines.inputs import read_image, read_sound
from tests.pipelines.tiny_models import png_bytes, wav_bytes


def encoded(container: str, codec: str, rate_hz: int) -> bytes:
    """One second of a tone as a browser or a phone would send it."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate_hz, layout="mono")
        samples = (np.sin(np.arange(rate_hz) / rate_hz * 2 * np.pi * 440) * 0.5).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=rate_hz, frame_size=stream.frame_size or 960
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("container", "codec"), [("webm", "libopus"), ("ogg", "libopus"), ("mp3", "libmp3lame")]
)
def test_what_microphones_and_editors_write_is_read(container: str, codec: str) -> None:
    sound = read_sound(encoded(container, codec, 48_000))
    assert sound.dtype == np.float32 and sound.ndim == 1
    assert len(sound) == pytest.approx(16_000, rel=0.1)
    spectrum = np.abs(np.fft.rfft(sound[2000:14_000]))
    assert spectrum.argmax() * 16_000 / 12_000 == pytest.approx(440, abs=5)


def test_stereo_at_another_rate_becomes_mono_at_ours(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav_bytes(2.0))
    assert len(read_sound(tmp_path / "a.wav")) == pytest.approx(32_000, abs=50)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\x00" * 100, png_bytes()])
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="audio"):
        read_sound(content)


def test_a_picture_is_turned_upright_and_made_rgb() -> None:
    buffer = io.BytesIO()
    lying = Image.new("L", (40, 20))
    exif = lying.getexif()
    exif[0x0112] = 6  # turned by 90 degrees
    lying.save(buffer, "JPEG", exif=exif)
    upright = read_image(buffer.getvalue())
    assert (upright.mode, upright.size) == ("RGB", (20, 40))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", wav_bytes(0.1)])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="image"):
        read_image(content)
