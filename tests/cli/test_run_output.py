"""`openhearth run … --output FILE`, as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhearth.pipelines.inputs import read_sound
from tests.inference.test_run_command import openhearth
from tests.pipelines.conftest import tiny
from tests.support.starter import starter_folder

__all__ = ["tiny"]


@pytest.mark.run
def test_a_text_is_spoken_into_a_file(tmp_path: Path) -> None:
    voice = str(starter_folder("hibari-heart"))
    done = openhearth("tts", "Good morning.", "--model", voice, "--output", str(tmp_path / "morning.mp3"))
    assert done.returncode == 0 and b"wrote" in done.stderr, done.stderr
    assert 0.5 < len(read_sound(tmp_path / "morning.mp3")) / 16_000 < 3
    told = openhearth("tts", "Good morning.", "--model", voice)
    assert b"--output" in told.stdout and told.returncode == 0


@pytest.mark.run
@pytest.mark.slow
def test_a_talk_becomes_subtitles(tmp_path: Path) -> None:
    clip = str(sorted((starter_folder("librivox-clips") / "data").glob("*.wav"))[-1])
    talk = tmp_path / "talk.srt"
    done = openhearth(
        "transcribe", clip, "--model", str(starter_folder("whisper-tiny.en")), "--output", str(talk)
    )
    assert done.returncode == 0, done.stderr
    assert talk.read_text().startswith("1\n00:00:00,000 --> 00:00:0")


def test_what_cannot_be_kept_so_is_refused_before_anything_is_written(
    tiny: dict[str, Path], tmp_path: Path
) -> None:
    model = ("--model", str(tiny["text-classification"]))
    for arguments, says in (
        (("classify", "a", "b", *model, "--output", "x.json"), "give one input"),
        (("classify", "a", *model, "--output", str(tmp_path / "x.wav")), "no file of the kind"),
    ):
        done = openhearth(*arguments)
        assert done.returncode == 1 and says in done.stderr.decode() and b"Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
