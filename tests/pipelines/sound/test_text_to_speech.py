"""text-to-speech by an ONNX voice: Whisper writes down what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openhearth.cli.starter.recipes.librivox_clips import plain_words
from openhearth.errors import Invalid, NotFound
from openhearth.pipelines import pipeline
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.text_to_speech import PHONEMES_MAX, split_phonemes
from tests.support.starter import starter_folder

pytestmark = pytest.mark.run
SENTENCE = "The furnace melts iron, and the smith makes steel."


def test_what_is_said_is_understood_word_for_word(voice: Pipe, whisper: Pipe, tmp_path: Path) -> None:
    speech = voice(SENTENCE, seed=1)
    assert speech["audio"].dtype == np.float32 and speech["audio"].ndim == 1
    assert speech["sampling_rate"] == 24_000
    for ending in ("wav", "mp3"):
        heard = whisper(voice.save(tmp_path / f"speech.{ending}"), num_beams=1)
        assert plain_words(heard["text"]) == plain_words(SENTENCE)


def test_a_seed_speaks_alike_and_speed_shortens(voice: Pipe) -> None:
    first, again = (voice("Good morning.", seed=3)["audio"] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    quick = voice("Good morning.", seed=3, speed=2)["audio"]
    assert len(quick) < 0.7 * len(first)
    as_transformers = voice("Good morning.", forward_params={"seed": 3, "speed": 2})["audio"]
    np.testing.assert_array_equal(as_transformers, quick)


def test_many_texts_give_many_sounds_and_a_long_text_is_joined(voice: Pipe) -> None:
    one, two = voice(["Good morning.", "Good night."], seed=0)
    joined = voice("Good morning. Good night.", seed=0)
    assert len(joined["audio"]) == pytest.approx(len(one["audio"]) + len(two["audio"]), rel=0.1)


def test_a_sentence_without_end_is_cut_between_words() -> None:
    words = " ".join(["fˈɜɹnəs"] * 200)
    pieces = list(split_phonemes([words, "", "nˈO"]))
    assert all(0 < len(piece) <= PHONEMES_MAX for piece in pieces)
    assert " ".join(pieces) == f"{words} nˈO"
    assert "".join(split_phonemes(["x" * 1000])) == "x" * 1000


def test_letters_that_cannot_be_read_are_named_in_the_notes(voice: Pipe) -> None:
    voice("Steel is 鋼鉄 in Japanese.")
    assert any("left out: 鉄鋼" in note.message for note in voice.notes)


@pytest.mark.parametrize(
    ("text", "parameters", "says"),
    [
        ("", {}, "empty"),
        (7, {}, "no text"),
        ("鋼鉄", {}, "no word that this voice can read"),
        ("word " * 20_000, {}, "in parts"),
        ("Hello", {"speed": 0}, "speed"),
        ("Hello", {"speed": "fast"}, "speed"),
    ],
)
def test_what_cannot_be_said_is_refused(
    voice: Pipe, text: object, parameters: dict[str, Any], says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        voice(text, **parameters)


def test_a_voice_that_is_not_here_is_named_beside_those_that_are(voice: Pipe) -> None:
    with pytest.raises(NotFound, match=r"'emma' is not here; .* has heart"):
        voice("Hello", voice="emma")


def test_a_folder_that_names_no_good_voice_is_refused(tmp_path: Path) -> None:
    card = (starter_folder("hibari-heart") / "README.md").read_text()
    (tmp_path / "README.md").write_text(card)
    for config, says in (
        ("{", "cannot be read"),
        ("{}", "names no voices"),
        (json.dumps({"voices": {"heart": {"file": "../../etc/passwd"}}}), "names no file of this folder"),
        (json.dumps({"voices": {"heart": {"file": "broken.onnx"}}}), "cannot be loaded"),
    ):
        (tmp_path / "broken.onnx").write_bytes(b"no graph")
        (tmp_path / "config.json").write_text(config)
        with pytest.raises(Invalid, match=says):
            pipeline("text-to-speech", model=tmp_path)
