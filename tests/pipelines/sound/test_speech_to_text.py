"""automatic-speech-recognition: transformers' own answers, at any length, and none for silence."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from openhearth.cli.starter.recipes.librivox_clips import plain_words
from openhearth.errors import Invalid
from openhearth.pipelines import ear as ear_module
from openhearth.pipelines import inputs as inputs_module
from openhearth.pipelines import pipeline
from openhearth.pipelines.ear import NO_SPEECH
from openhearth.pipelines.inputs import read_sound, resample
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.subtitles import write_subtitles
from tests.pipelines.tiny_models import png_bytes

pytestmark = pytest.mark.run
RATE_HZ = 16_000
QUICKLY: dict[str, Any] = {"num_beams": 1}
SILENCE = np.zeros(3 * RATE_HZ, np.float32)


def film(sound: Any | None) -> bytes:
    """A second of a grey film, with or without a sound track."""
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as container:
        pictures = container.add_stream("libx264", rate=8)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        track = container.add_stream("aac", rate=RATE_HZ, layout="mono") if sound is not None else None
        for _ in range(8):
            container.mux(
                pictures.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 128, np.uint8), "rgb24"))
            )
        container.mux(pictures.encode(None))
        if track is not None and sound is not None:
            frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
            frame.sample_rate = RATE_HZ
            container.mux(track.encode(frame))
            container.mux(track.encode(None))
    return stream.getvalue()


@pytest.mark.slow
def test_answers_are_those_of_transformers(whisper: Pipe, clips: dict[Path, str]) -> None:
    import transformers

    theirs = transformers.pipeline(
        "automatic-speech-recognition", model=str(whisper.choice.model.path), device="cpu"
    )
    paths = list(clips)[-1:]
    for options in ({}, {"return_timestamps": True, **QUICKLY}, {"return_timestamps": "word", **QUICKLY}):
        ours = whisper([str(path) for path in paths], **options)
        assert ours == [theirs(read_sound(path), **options) for path in paths]


@pytest.mark.slow
def test_a_long_sound_is_written_down_whole_with_times_that_run_through(
    whisper: Pipe, clips: dict[Path, str]
) -> None:
    sounds = [read_sound(path) for path in clips]
    long = np.concatenate([*sounds, *sounds[:2]])
    answer = whisper(long, return_timestamps="word", generate_kwargs=QUICKLY)
    said = plain_words(" ".join([*clips.values(), *list(clips.values())[:2]]))
    heard = plain_words(answer["text"])
    assert len(long) > 34 * RATE_HZ
    assert len(heard) == pytest.approx(len(said), abs=6)
    assert sum(word in heard for word in said) > 0.9 * len(said)
    starts = [chunk["timestamp"][0] for chunk in answer["chunks"]]
    assert starts == sorted(starts)
    first_s, second_s = (c["timestamp"][0] for c in answer["chunks"] if c["text"].strip() == "Dashwood")
    assert second_s - first_s == pytest.approx(sum(map(len, sounds)) / RATE_HZ, abs=0.3)
    subtitles = write_subtitles(answer, ".srt")
    assert "John Dashwood had then leisure" in subtitles and 5 < subtitles.count(" --> ") < 20
    mostly_silent = np.concatenate([sounds[-1], np.zeros(28 * RATE_HZ, np.float32)])
    assert whisper(mostly_silent, generate_kwargs=QUICKLY).keys() == {"text"}


@pytest.mark.parametrize("kind", ["silence", "almost silence", "noise"])
def test_where_nobody_speaks_nothing_is_written_down(whisper: Pipe, kind: str) -> None:
    noise = np.random.default_rng(0).normal(0, 1, len(SILENCE)).astype(np.float32)
    sound = {"silence": SILENCE, "almost silence": noise * 1e-5, "noise": noise * 0.1}[kind]
    assert whisper(sound) == {"text": "", "note": NO_SPEECH}
    assert whisper([sound], return_timestamps=True) == [{"text": "", "chunks": [], "note": NO_SPEECH}]
    assert any(NO_SPEECH in note.message for note in whisper.notes)


def test_whoever_wants_to_know_what_a_model_makes_of_silence_may(whisper: Pipe) -> None:
    made_up = whisper(SILENCE, check_speech=False, max_new_tokens=20, **QUICKLY)
    assert "note" not in made_up


def test_silence_among_speech_keeps_its_place(whisper: Pipe, clips: dict[Path, str]) -> None:
    clip = list(clips)[-1]
    first, second = whisper([SILENCE, str(clip)], **QUICKLY)
    assert first["text"] == "" and plain_words(second["text"]) == plain_words(clips[clip])


def test_without_a_model_that_finds_speech_the_signal_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert ear_module.find_ear() is None
    assert not ear_module.holds_speech(SILENCE, RATE_HZ)
    assert ear_module.holds_speech(SILENCE + np.float32(0.1), RATE_HZ)


def test_a_quiet_voice_is_heard(whisper: Pipe, clips: dict[Path, str]) -> None:
    clip = list(clips)[-1]
    assert plain_words(whisper(read_sound(clip) * np.float32(0.004), **QUICKLY)["text"]) == plain_words(
        clips[clip]
    )


def test_the_sound_of_a_film_and_of_any_rate_is_heard(
    whisper: Pipe, clips: dict[Path, str], tmp_path: Path
) -> None:
    clip = list(clips)[-1]
    (tmp_path / "talk.mp4").write_bytes(film(read_sound(clip)))
    stereo = np.stack([resample(read_sound(clip), RATE_HZ, 48_000)] * 2)
    for given in (tmp_path / "talk.mp4", {"array": stereo, "sampling_rate": 48_000}):
        assert plain_words(whisper(given, **QUICKLY)["text"]) == plain_words(clips[clip])


def test_a_generator_is_answered_one_by_one(whisper: Pipe, clips: dict[Path, str]) -> None:
    clip = list(clips)[-1]
    (answer,) = list(whisper((read_sound(path) for path in [clip]), **QUICKLY))
    assert plain_words(answer["text"]) == plain_words(clips[clip])


@pytest.mark.slow
def test_sounds_are_worked_in_batches(whisper: Pipe, clips: dict[Path, str]) -> None:
    some = sorted(clips, key=lambda path: path.stat().st_size)[:2]
    assert whisper(some, batch_size=2, **QUICKLY) == [whisper(path, **QUICKLY) for path in some]


def test_times_can_be_saved_as_subtitles_and_need_to_be_asked_for(
    whisper: Pipe, clips: dict[Path, str], tmp_path: Path
) -> None:
    clip = list(clips)[-1]
    whisper(str(clip), return_timestamps=True, **QUICKLY)
    said = whisper.save(tmp_path / "talk.vtt").read_text()
    assert said.startswith("WEBVTT\n\n00:00:0") and plain_words(clips[clip])[-1] in said
    whisper(str(clip), **QUICKLY)
    assert plain_words(whisper.save(tmp_path / "talk.txt").read_text()) == plain_words(clips[clip])
    with pytest.raises(Invalid, match="return_timestamps=True"):
        whisper.save(tmp_path / "none.srt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["talk.txt", "talk.vtt"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (b"", "empty"),
        (b"no sound", "WAV, MP3"),
        (png_bytes(), "no sound track"),
        (film(None), "no sound track"),
    ],
    ids=["empty", "text", "picture", "silent film"],
)
def test_what_holds_no_sound_is_refused(whisper: Pipe, given: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        whisper(given)


def test_a_sound_that_is_too_long_is_refused_while_it_is_read(
    whisper: Pipe, clips: dict[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs_module, "SOUND_MAX_S", 2)
    with pytest.raises(Invalid, match="in parts"):
        whisper(str(next(iter(clips))))


def test_a_spelling_model_is_read_in_pieces(tiny: dict[str, Path]) -> None:
    spell = pipeline("transcribe", model=tiny["automatic-speech-recognition"], device="cpu", threads=1)
    tone = np.sin(np.arange(40 * RATE_HZ, dtype=np.float32) / 40)
    answer = spell(tone, return_timestamps="char")
    assert answer["text"] and answer["chunks"][-1]["timestamp"][1] <= 40.1
    assert spell(SILENCE) == {"text": "", "note": NO_SPEECH}
