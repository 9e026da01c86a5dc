from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from openhearth.errors import Invalid
from openhearth.pipelines.frames import read_frames
from openhearth.pipelines.inputs import read_image, read_sound, sound_of
from openhearth.pipelines.reading import Reader
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


@pytest.mark.parametrize(
    ("array", "brightness"),
    [
        (np.full((4, 4), 0x8080, np.uint16), 128),
        (np.full((4, 4, 3), 128), 128),
        (np.full((4, 4, 3), 128.0), 128),
        (np.full((4, 4, 3), 0.5), 128),
        (np.full((3, 8, 8), 0.5, np.float32), 128),
        (np.full((4, 4, 1), 128, np.uint8), 128),
        (np.ones((4, 4), bool), 255),
    ],
    ids=lambda given: f"{given.dtype}{given.shape}" if isinstance(given, np.ndarray) else str(given),
)
def test_numbers_of_any_kind_are_as_bright_as_they_were_meant(array: Any, brightness: int) -> None:
    assert read_image(array).getpixel((0, 0)) == (brightness,) * 3


def test_a_picture_of_sixteen_bits_is_scaled_and_not_cut_off() -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.full((4, 4), 40_000, np.uint16)).save(buffer, "PNG")
    assert read_image(buffer.getvalue()).getpixel((0, 0)) == (156,) * 3


@pytest.mark.parametrize(
    "array", [np.full((4, 4, 3), np.nan), np.zeros((0, 4, 3)), np.array([["a"]]), np.zeros((2, 4, 4, 3))]
)
def test_an_array_that_is_no_picture_is_refused(array: Any) -> None:
    with pytest.raises(Invalid, match=r"is no picture; give height by width by 3, as uint8 or 0 to 1\."):
        read_image(array)


def test_a_picture_may_be_base64_or_what_a_data_set_keeps() -> None:
    content = png_bytes()
    expected = read_image(content).tobytes()
    reader = Reader("image")
    for given in (base64.b64encode(content).decode(), {"bytes": content, "path": None}):
        assert reader.read(given)[0].tobytes() == expected
    assert Reader("image", links_only=True).read({"path": "/etc/passwd"}) == ({"path": "/etc/passwd"}, [])


@pytest.mark.parametrize(
    "array",
    [
        np.array([0.5, -0.5]),
        np.array([16_384, -16_384], np.int16),
        np.array([16_384.0, -16_384.0], np.float32),
        np.array([192, 64], np.uint8),
        np.array([2**30, -(2**30)], np.int32),
    ],
    ids=lambda array: f"{array.dtype} {array[0]}",
)
def test_samples_of_any_kind_are_as_loud_as_they_were_meant(array: Any) -> None:
    assert read_sound(array).tolist() == [0.5, -0.5]
    assert sound_of({"array": array, "sampling_rate": np.int64(16_000)}, rate_hz=16_000).tolist() == [
        0.5,
        -0.5,
    ]


@pytest.mark.parametrize("rate_hz", [None, "16000", 0, 0.5, -1, 10**12, True])
def test_a_rate_that_is_none_is_refused(rate_hz: Any) -> None:
    with pytest.raises(
        Invalid, match=r'needs "array" \(or "raw"\) and "sampling_rate" in hertz, up to 768,000\.'
    ):
        sound_of({"array": np.zeros(10), "sampling_rate": rate_hz}, rate_hz=16_000)


def test_samples_that_are_no_numbers_are_no_sound() -> None:
    with pytest.raises(Invalid, match="holds no numbers, or NaN among them"):
        read_sound(np.full(10, np.nan))


@pytest.mark.parametrize(
    "playlist",
    [
        "ffconcat version 1.0\nfile 'secret.wav'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nsecret.wav\n#EXT-X-ENDLIST\n",
    ],
    ids=["ffconcat", "m3u8"],
)
def test_a_list_of_files_opens_none_of_them(
    playlist: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger's upload that names a recording of the machine it is sent to."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.wav").write_bytes(wav_bytes(1.0))
    assert len(read_sound(tmp_path / "secret.wav"))
    with pytest.raises(Invalid, match="this is no sound that can be read"):
        read_sound(playlist.encode())
    with pytest.raises(Invalid, match="this is no film that can be read"):
        read_frames(playlist.encode(), [0])
