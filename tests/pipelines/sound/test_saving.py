"""Answers as files: the ending decides, what does not fit is refused, nothing is half written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.inputs import read_sound
from openhearth.pipelines.media import Film, sound_file
from openhearth.pipelines.saving import save
from openhearth.pipelines.sound_files import SOUND_FORMATS, encode_sound

RATE_HZ = 24_000
TONE = (0.5 * np.sin(np.arange(RATE_HZ) / RATE_HZ * 2 * np.pi * 440)).astype(np.float32)


@pytest.mark.parametrize("form", SOUND_FORMATS)
def test_a_tone_stays_that_tone_in_every_format(form: str, tmp_path: Path) -> None:
    for rate_hz in (RATE_HZ, 22_050):
        path = save({"audio": TONE[:rate_hz], "sampling_rate": rate_hz}, tmp_path / f"tone.{form}")
        heard = read_sound(path, rate_hz=16_000)
        spectrum = np.abs(np.fft.rfft(heard))
        loudest_hz = spectrum.argmax() * 16_000 / len(heard)
        assert loudest_hz == pytest.approx(440 * rate_hz / RATE_HZ, abs=4)
        assert len(heard) == pytest.approx(16_000, rel=0.1)


def test_two_channels_stay_two() -> None:
    made = encode_sound(np.stack([TONE, -TONE]), RATE_HZ, "flac")
    assert made.content_type == "audio/flac"
    assert float(np.abs(read_sound(made.content)).max()) < 0.01  # mixed down, they cancel each other out


def test_what_a_hub_sent_is_written_in_another_format(tmp_path: Path) -> None:
    sent = sound_file(TONE, RATE_HZ)
    assert save(sent, tmp_path / "a.wav").read_bytes() == sent.content
    assert save(sent, tmp_path / "a.mp3").read_bytes()[:3] in (b"ID3", b"\xff\xfb", b"\xff\xf3")


def test_pictures_films_texts_and_json(tmp_path: Path) -> None:
    picture = Image.new("RGB", (16, 16), (200, 80, 40))
    with Image.open(save(picture, tmp_path / "a.jpg")) as saved:
        assert saved.format == "JPEG"
    assert save(Film([picture] * 3), tmp_path / "a.mp4").read_bytes()[4:8] == b"ftyp"
    assert save([{"summary_text": " Steel. "}], tmp_path / "a.txt").read_text() == "Steel.\n"
    rows = [{"label": "iron", "score": np.float32(0.5)}, {"label": "steel", "score": 0.25}]
    assert json.loads(save(rows, tmp_path / "a.json").read_text())[0]["score"] == 0.5


@pytest.mark.parametrize(
    ("answer", "name", "says"),
    [
        ({"audio": TONE, "sampling_rate": RATE_HZ}, "a.docx", r"\.wav, \.mp3"),
        ({"audio": TONE, "sampling_rate": RATE_HZ}, "a", "no ending"),
        ({"text": "Steel"}, "a.wav", r"\.srt or \.vtt"),
        ([{"label": "iron", "score": 1.0}], "a.txt", "no text"),
        (Image.new("RGB", (4, 4)), "a.wav", r"\.png"),
        ({"text": "Steel"}, "nowhere/a.txt", "cannot be written"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    answer: Any, name: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match=says):
        save(answer, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_before_a_call_there_is_nothing_to_save(tiny: dict[str, Path], tmp_path: Path) -> None:
    pipe = pipeline("image-classification", model=tiny["image-classification"], threads=1)
    with pytest.raises(Invalid, match="call the pipeline first"):
        pipe.save(tmp_path / "a.json")
