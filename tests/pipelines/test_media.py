"""What a task made, as files that other programs open."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from openhearth.pipelines.media import Film, media_of


def test_a_sound_becomes_a_wav_of_the_same_samples() -> None:
    samples = np.sin(np.linspace(0, 400, 8000)).astype(np.float32) * 0.5
    file = media_of({"audio": samples, "sampling_rate": 16_000})
    read, rate_hz = soundfile.read(io.BytesIO(file.content), dtype="float32")
    assert (file.content_type, rate_hz) == ("audio/wav", 16_000)
    np.testing.assert_allclose(read, samples, atol=1e-4)


def test_two_channels_stay_two() -> None:
    file = media_of({"audio": np.stack([np.ones(10), -np.ones(10)]), "sampling_rate": 8_000})
    read, _ = soundfile.read(io.BytesIO(file.content))
    assert read.shape == (10, 2)
    assert read[0, 0] > 0.99 and read[0, 1] < -0.99


def test_a_picture_becomes_a_png() -> None:
    file = media_of(Image.new("RGB", (7, 5), "red"))
    assert Image.open(io.BytesIO(file.content)).getpixel((6, 4)) == (255, 0, 0)


def test_a_film_plays(tmp_path: Path) -> None:
    Film([Image.new("RGB", (65, 48), (shade, 0, 0)) for shade in (0, 120, 240)], fps=4).save(
        tmp_path / "f.mp4"
    )
    with av.open(str(tmp_path / "f.mp4")) as container:
        frames = [frame.to_image() for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 4
    assert [frame.size for frame in frames] == [(64, 48)] * 3
    assert [round(frame.getpixel((30, 20))[0] / 120) for frame in frames] == [0, 1, 2]


def test_anything_else_is_named() -> None:
    with pytest.raises(TypeError, match="list is no picture"):
        media_of([1])
