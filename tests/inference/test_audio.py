"""Sounds over HTTP: huggingface_hub's client and OpenAI's, unmodified, on the starter's voice, writer and ear."""

from __future__ import annotations

import base64
import io
import json
import urllib.error
import urllib.request
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openai
import pytest
from huggingface_hub import InferenceClient

from openhearth.cli.starter.recipes.librivox_clips import plain_words
from openhearth.pipelines.ear import NO_SPEECH
from openhearth.pipelines.inputs import read_sound
from openhearth.pipelines.media import sound_file
from tests.inference.conftest import FolderModels, Served, serve
from tests.inference.test_run_command import openhearth
from tests.pipelines import tiny_sounds
from tests.pipelines.tiny_models import make_speech_recogniser, png_bytes, wav_bytes
from tests.support.starter import starter_folder

pytestmark = [pytest.mark.run, pytest.mark.slow]
SENTENCE = "The furnace melts iron, and the smith makes steel."
SILENCE = sound_file(np.zeros(16_000), 16_000).content


@pytest.fixture(scope="module")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = tmp_path_factory.mktemp("made")
    starter_folder("silero-vad")
    folders = {
        "forge/voice": starter_folder("hibari-heart"),
        "forge/writer": starter_folder("whisper-tiny.en"),
        "forge/ear": starter_folder("silero-vad"),
        "forge/kinds": tiny_sounds.make_wav2vec2_classifier(made / "kinds"),
        "forge/speller": make_speech_recogniser(made / "speller"),
    }
    tags = {
        "forge/voice": "text-to-speech",
        "forge/writer": "automatic-speech-recognition",
        "forge/ear": "voice-activity-detection",
        "forge/kinds": "audio-classification",
        "forge/speller": "automatic-speech-recognition",
    }
    with serve(FolderModels(folders, tags), made / "data", memory_gb=5) as served:
        yield served


@pytest.fixture
def ada(sounding: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=sounding.v1, api_key="ada", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def clip() -> tuple[Path, str]:
    """The last LibriVox recording, and what is said."""
    folder = starter_folder("librivox-clips") / "data"
    _, _, last = (folder / "metadata.csv").read_text().strip().rpartition("\n")
    name, _, text = last.partition(",")
    return folder / name, text


def client(sounding: Served, repo_id: str) -> InferenceClient:
    return InferenceClient(model=sounding.model(repo_id), token="ada")


def refused(sounding: Served, repo_id: str, body: Any) -> tuple[int, str]:
    """The status and the sentence of a refusal."""
    content = json.dumps(body).encode()
    request = urllib.request.Request(sounding.model(repo_id), content, {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(request)
    with told.value:
        return told.value.code, json.load(told.value)["error"]


def test_a_text_is_spoken_to_the_hubs_client(sounding: Served) -> None:
    said = client(sounding, "forge/voice").text_to_speech(SENTENCE)
    with wave.open(io.BytesIO(said)) as file:
        assert file.getframerate() == 24_000 and 2 < file.getnframes() / 24_000 < 6
    heard = client(sounding, "forge/writer").automatic_speech_recognition(said)
    assert plain_words(heard.text) == plain_words(SENTENCE)


def test_parameters_of_a_voice_are_checked(sounding: Served) -> None:
    assert refused(sounding, "forge/voice", {"inputs": "Hi", "parameters": {"voice": "emma"}})[0] == 404
    assert "speed" in refused(sounding, "forge/voice", {"inputs": "Hi", "parameters": {"speed": 9}})[1]
    assert "empty" in refused(sounding, "forge/voice", {"inputs": " "})[1]
    assert "one text" in refused(sounding, "forge/voice", {"inputs": ["a", "b"]})[1]
    assert "fly" in refused(sounding, "forge/voice", {"inputs": "a", "parameters": {"fly": 1}})[1]
    assert (
        "midi"
        in refused(sounding, "forge/voice", {"inputs": "a", "parameters": {"response_format": "midi"}})[1]
    )


def test_speech_is_written_down_with_times(sounding: Served, clip: tuple[Path, str]) -> None:
    path, text = clip
    writer = client(sounding, "forge/writer")
    assert plain_words(writer.automatic_speech_recognition(path).text) == plain_words(text)
    timed = writer.automatic_speech_recognition(path, extra_body={"return_timestamps": True})
    assert timed.chunks is not None and timed.chunks[0].timestamp[0] == 0


def test_silence_is_said_to_be_silence(sounding: Served) -> None:
    heard = client(sounding, "forge/writer").automatic_speech_recognition(SILENCE)
    assert heard.text == "" and heard["note"] == NO_SPEECH


def test_where_somebody_speaks_and_what_kind_of_sound_it_is(sounding: Served, clip: tuple[Path, str]) -> None:
    request = urllib.request.Request(sounding.model("forge/ear"), clip[0].read_bytes())
    with urllib.request.urlopen(request) as response:
        (piece,) = json.load(response)
    assert 0 <= piece["start"] < 0.6 < piece["end"] and piece["score"] > 0.9
    kinds = client(sounding, "forge/kinds").audio_classification(wav_bytes(), top_k=2)
    assert len(kinds) == 2 and kinds[0].score >= kinds[1].score
    for repo_id in ("forge/ear", "forge/kinds", "forge/writer"):
        code, sentence = refused(sounding, repo_id, {"inputs": base64.b64encode(png_bytes()).decode()})
        assert code == 400 and "no sound track" in sentence


@pytest.mark.parametrize("form", ["mp3", "wav", "flac", "opus", "aac"])
def test_openais_client_gets_the_format_it_names(ada: openai.OpenAI, form: Any) -> None:
    said = ada.audio.speech.create(
        model="forge/voice", voice="alloy", input="Good morning.", response_format=form
    )
    assert 0.5 < len(read_sound(said.content)) / 16_000 < 3
    assert said.response.headers["content-type"].startswith("audio/")


def test_raw_samples_and_a_stream_into_a_file(ada: openai.OpenAI, tmp_path: Path) -> None:
    raw = ada.audio.speech.create(
        model="forge/voice", voice="heart", input="Hi.", response_format="pcm", speed=1.2
    )
    samples = np.frombuffer(raw.content, "<i2")
    assert 0.2 < len(samples) / 24_000 < 2 and samples.max() > 1000
    with ada.audio.speech.with_streaming_response.create(
        model="forge/voice", voice="nova", input="Hi."
    ) as said:
        said.stream_to_file(tmp_path / "hi.mp3")
    assert len(read_sound(tmp_path / "hi.mp3")) > 3000


@pytest.mark.parametrize(
    ("fields", "param", "status"),
    [
        ({"voice": "emma"}, "heart", 404),
        ({"input": ""}, "input", 400),
        ({"input": "鋼鉄"}, "no word", 400),
        ({"model": "forge/writer"}, "forge/writer", 400),
        ({"model": "forge/none"}, "forge/none", 404),
        ({"speed": 9}, "speed", 400),
        ({"instructions": "Whisper."}, "instructions", 501),
    ],
)
def test_what_cannot_be_spoken_is_refused_by_name(
    ada: openai.OpenAI, fields: dict[str, Any], param: str, status: int
) -> None:
    with pytest.raises(openai.APIStatusError, match=param) as refused:
        ada.audio.speech.create(**{"model": "forge/voice", "voice": "alloy", "input": "Hi.", **fields})
    assert refused.value.status_code == status


def test_openais_client_gets_text_subtitles_and_times(ada: openai.OpenAI, clip: tuple[Path, str]) -> None:
    path, text = clip
    asked: dict[str, Any] = {"model": "forge/writer", "file": path}
    plain = ada.audio.transcriptions.create(**asked, language="en", prompt="Sense and Sensibility")
    assert plain_words(plain.text) == plain_words(text)
    assert plain_words(ada.audio.transcriptions.create(**asked, response_format="text")) == plain_words(text)
    subtitles = ada.audio.transcriptions.create(**asked, response_format="srt")
    assert subtitles.startswith("1\n00:00:00,000 --> 00:00:0")
    assert ada.audio.transcriptions.create(**asked, response_format="vtt").startswith(
        "WEBVTT\n\n00:00:00.000"
    )
    verbose = ada.audio.transcriptions.create(
        **asked, response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )
    assert verbose.language == "english" and verbose.duration == pytest.approx(3.29, abs=0.01)
    assert plain_words(" ".join(word.word for word in verbose.words)) == plain_words(text)
    assert verbose.words[-1].end <= 3.3 and verbose.segments[0].id == 0
    *_, last = ada.audio.transcriptions.create(**asked, stream=True)
    assert last.type == "transcript.text.done" and plain_words(last.text) == plain_words(text)


def test_silence_makes_no_subtitles_and_a_spelling_model_tells_times(ada: openai.OpenAI) -> None:
    asked: dict[str, Any] = {"model": "forge/writer", "file": ("silence.wav", SILENCE)}
    assert ada.audio.transcriptions.create(**asked).text == ""
    assert ada.audio.transcriptions.create(**asked, response_format="srt") == ""
    spelled = ada.audio.transcriptions.create(
        model="forge/speller", file=("tone.wav", wav_bytes()), response_format="verbose_json"
    )
    assert spelled.duration == 1.0


@pytest.mark.parametrize(
    ("fields", "says", "status"),
    [
        ({"file": ("a.png", png_bytes())}, "no sound track", 400),
        ({"file": ("a.wav", b"")}, "is empty", 400),
        ({"language": "fr"}, "language", 400),
        ({"model": "forge/voice"}, "forge/voice", 400),
        ({"temperature": 7}, "temperature", 400),
        ({"response_format": "diarized_json"}, "response_format", 400),
        ({"chunking_strategy": "auto"}, "chunking_strategy", 501),
    ],
)
def test_what_cannot_be_written_down_is_refused_by_name(
    ada: openai.OpenAI, fields: dict[str, Any], says: str, status: int
) -> None:
    asked = {"model": "forge/writer", "file": ("a.wav", SILENCE), **fields}
    with pytest.raises(openai.APIStatusError, match=says) as refused:
        ada.audio.transcriptions.create(**asked)
    assert refused.value.status_code == status


def test_a_model_of_one_language_does_not_translate(ada: openai.OpenAI, clip: tuple[Path, str]) -> None:
    with (
        pytest.raises(openai.BadRequestError, match="cannot translate"),
        pytest.warns(DeprecationWarning, match="deprecated"),
    ):
        ada.audio.translations.create(model="forge/writer", file=clip[0])


def test_a_body_that_is_no_form_is_refused(sounding: Served) -> None:
    request = urllib.request.Request(
        f"{sounding.v1}/audio/transcriptions", b"{}", {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(request)
    with told.value:
        assert told.value.code == 400 and "multipart" in json.load(told.value)["error"]["message"]


def test_the_command_line_keeps_what_a_hub_made(sounding: Served, tmp_path: Path) -> None:
    spoken, written = tmp_path / "morning.flac", tmp_path / "morning.srt"
    for task, given, model, output in (
        ("tts", "Good morning.", "forge/voice", spoken),
        ("transcribe", str(spoken), "forge/writer", written),
    ):
        done = openhearth(task, given, "--model", model, "--endpoint", sounding.url, "--output", str(output))
        assert done.returncode == 0, done.stderr
    assert "Good morning" in written.read_text()
