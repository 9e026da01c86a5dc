"""The low-level lines of sounds run by themselves and print what the call gave."""

from __future__ import annotations

import ast
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openhearth.errors import Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.inputs import read_sound
from openhearth.pipelines.pipe import Pipe
from tests.pipelines.test_explain import printed_by_twin
from tests.pipelines.tiny_models import wav_bytes

pytestmark = pytest.mark.run


def printed(pipe: Pipe, capsys: pytest.CaptureFixture[str]) -> str:
    """What the twin prints in this process, which has imported what it needs."""
    twin = pipe.explain()
    capsys.readouterr()
    twin.run()
    return capsys.readouterr().out.strip()


def test_a_voice(voice: Pipe) -> None:
    audio = voice("The furnace melts iron. The smith makes steel.", speed=1.1)["audio"]
    length, loudness = printed_by_twin(voice).split()
    assert int(length) == len(audio)
    assert float(loudness) == pytest.approx(float(np.abs(audio).mean()), abs=2e-5)


def test_pieces_of_speech(
    ear: Pipe, clips: dict[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    silence = np.zeros(16_000, np.float32)
    parts = [part for path in list(clips)[:2] for part in (silence, read_sound(path))]
    with wave.open(str(tmp_path / "two.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes((np.concatenate(parts) * 32_767).astype("<i2").tobytes())
    settings: list[dict[str, Any]] = [{}, {"threshold": 0.9, "min_silence_s": 0.03, "pad_s": 0.5}]
    for parameters in settings:
        pieces = ear(tmp_path / "two.wav", **parameters)
        said = [[float(word) for word in line.split()] for line in printed(ear, capsys).splitlines()]
        assert len(said) == len(pieces) > 1
        for line, piece in zip(said, pieces, strict=True):
            assert line == pytest.approx([piece["start"], piece["end"], piece["score"]], abs=1e-3)


@pytest.mark.slow
def test_speech_with_and_without_times(
    whisper: Pipe, clips: dict[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    clip = str(list(clips)[-1])
    plain = whisper(clip, num_beams=1)
    assert printed(whisper, capsys) == plain["text"].strip()
    timed = whisper(clip, return_timestamps=True, generate_kwargs={"num_beams": 1})
    assert ast.literal_eval(printed(whisper, capsys)) == timed["chunks"]
    whisper(clip, return_timestamps="word", num_beams=1)
    with pytest.raises(Unsupported, match="times of words"):
        whisper.explain()


def test_a_spelling_model(tiny: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spell = pipeline("transcribe", model=tiny["automatic-speech-recognition"], device="cpu", threads=1)
    (tmp_path / "tone.wav").write_bytes(wav_bytes())
    answer = spell(tmp_path / "tone.wav")
    assert printed(spell, capsys) == answer["text"].strip()
    spell(wav_bytes())
    with pytest.raises(Unsupported, match="as a path"):
        spell.explain()
