"""voice-activity-detection on real speech, on silence and on what is neither."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines.inputs import read_sound
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.voice_activity_detection import find_spans
from tests.pipelines.tiny_models import png_bytes, wav_bytes

pytestmark = pytest.mark.run
RATE_HZ = 16_000


def test_speech_between_silences_is_found_where_it_is(ear: Pipe, clips: dict[Path, str]) -> None:
    clip = read_sound(next(iter(clips)))
    silence = np.zeros(2 * RATE_HZ, np.float32)
    pieces = ear(np.concatenate([silence, clip, silence, clip, silence]))
    length_s = len(clip) / RATE_HZ
    assert [piece["score"] > 0.9 for piece in pieces] == [True, True]
    for piece, start_s in zip(pieces, (2, 4 + length_s), strict=True):
        assert start_s <= piece["start"] < start_s + 0.6
        assert start_s + length_s - 0.6 < piece["end"] <= start_s + length_s + 0.3


def test_seven_seconds_take_a_fraction_of_one(ear: Pipe, clips: dict[Path, str]) -> None:
    sound = read_sound(next(iter(clips)))[: 7 * RATE_HZ]
    started = time.perf_counter()
    assert ear(sound)
    assert time.perf_counter() - started < 0.7


def test_neither_an_ear_nor_a_voice_waits_for_transformers(ear: Pipe, voice: Pipe) -> None:
    code = (
        "import sys; from openhearth.pipelines import pipeline\n"
        f"pipeline('vad', model={str(ear.choice.model.path)!r}); pipeline('tts', model={str(voice.choice.model.path)!r})\n"
        "sys.exit('transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "sound",
    [np.zeros(RATE_HZ), np.random.default_rng(0).normal(0, 0.1, RATE_HZ), np.zeros(0)],
    ids=["silence", "noise", "nothing"],
)
def test_where_nobody_speaks_nothing_is_found(ear: Pipe, sound: Any) -> None:
    assert ear(sound.astype(np.float32)) == []


def test_any_rate_any_channels_and_lists(ear: Pipe, clips: dict[Path, str]) -> None:
    from openhearth.pipelines.inputs import resample

    path = next(iter(clips))
    plain = ear(str(path))
    stereo = np.stack([resample(read_sound(path), RATE_HZ, 44_100)] * 2)
    (other,) = ear([{"array": stereo, "sampling_rate": 44_100}])
    assert [piece["end"] for piece in other] == pytest.approx([piece["end"] for piece in plain], abs=0.1)
    assert ear(wav_bytes()) == []


def test_pieces_obey_the_parameters() -> None:
    quiet = [0.1] * 5
    likely = np.array([0.1, 0.9, 0.9, 0.2, 0.9, 0.4, 0.9, *quiet, 0.9, *quiet], np.float32)
    assert find_spans(likely, 0.5, min_silence_s=0.1, min_speech_s=0) == [(1, 7), (12, 13)]
    assert find_spans(likely, 0.5, min_silence_s=0.1, min_speech_s=0.1) == [(1, 7)]
    assert find_spans(likely, 0.5, min_silence_s=0, min_speech_s=0) == [(1, 3), (4, 7), (12, 13)]
    assert find_spans(likely, 0.95, min_silence_s=0, min_speech_s=0) == []


def test_a_pad_never_reaches_into_a_neighbour(ear: Pipe, clips: dict[Path, str]) -> None:
    clip = read_sound(next(iter(clips)))
    first, second = ear(np.concatenate([clip, np.zeros(RATE_HZ, np.float32), clip]), pad_s=2)
    assert first["start"] == 0 and second["end"] == pytest.approx(2 * len(clip) / RATE_HZ + 1)
    assert first["end"] == second["start"]


@pytest.mark.parametrize(
    ("parameters", "says"),
    [({"threshold": 2}, "threshold"), ({"min_speech_s": -1}, "min_speech_s"), ({"pad_s": "wide"}, "pad_s")],
)
def test_parameters_out_of_range_are_named(ear: Pipe, parameters: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        ear(np.zeros(RATE_HZ, np.float32), **parameters)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (b"no sound", Invalid, "WAV, MP3"),
        (png_bytes(), Invalid, "no sound track"),
        ("nowhere.wav", NotFound, "neither a link nor a file"),
        ({"array": [0.0]}, Invalid, "sampling_rate"),
        ({"array": "x", "sampling_rate": 16_000}, Invalid, "no numbers"),
        ({"array": np.zeros((1, 1, 9)), "sampling_rate": 16_000}, Invalid, "3 dimensions"),
    ],
)
def test_what_is_no_sound_is_refused(ear: Pipe, given: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        ear(given)
