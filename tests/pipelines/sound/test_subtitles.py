"""Subtitles: the two formats, and cues that can be read."""

from __future__ import annotations

from typing import Any

import pytest

from openhearth.errors import Invalid
from openhearth.pipelines.subtitles import CUE_MAX_CHARACTERS, CUE_MAX_S, cues_of, write_subtitles


def test_segments_become_cues() -> None:
    answer = {
        "chunks": [
            {"text": " Iron & steel", "timestamp": (0.0, 2.5)},
            {"text": " are <hot> --> careful", "timestamp": (3661.0, None)},
        ]
    }
    assert write_subtitles(answer, ".srt") == (
        "1\n00:00:00,000 --> 00:00:02,500\nIron & steel\n\n"
        "2\n01:01:01,000 --> 01:01:03,000\nare <hot> → careful\n"
    )
    assert write_subtitles(answer, ".vtt") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nIron &amp; steel\n"
        "\n01:01:01.000 --> 01:01:03.000\nare &lt;hot&gt; --&gt; careful\n"
    )


def test_an_end_that_is_missing_is_the_next_beginning() -> None:
    chunks: list[dict[str, Any]] = [
        {"text": "a b", "timestamp": (1.0, None)},
        {"text": "c d", "timestamp": (2.0, 1.5)},
    ]
    assert [(cue.start_s, cue.end_s) for cue in cues_of(chunks)] == [(1.0, 2.0), (2.0, 2.0)]


def test_words_are_gathered_into_lines_that_can_be_read() -> None:
    words = [{"text": f" word{n}", "timestamp": (n * 0.5, n * 0.5 + 0.4)} for n in range(60)]
    words[20]["text"] = " end."
    words += [{"text": " late", "timestamp": (40.0, 40.5)}]
    cues = list(cues_of(words))
    assert " ".join(cue.text for cue in cues).split() == [str(word["text"]).strip() for word in words]
    assert all(len(cue.text) <= CUE_MAX_CHARACTERS and cue.end_s - cue.start_s <= CUE_MAX_S for cue in cues)
    words[5] = {**words[5], "text": "-part"}
    assert "word4-part word6" in next(cues_of(words)).text
    assert cues[-1].text == "late" and any(cue.text.endswith("end.") for cue in cues)


def test_silence_makes_empty_subtitles_and_an_answer_without_times_none() -> None:
    assert write_subtitles({"text": "", "chunks": []}, ".srt") == ""
    assert write_subtitles({"text": "", "chunks": []}, ".vtt") == "WEBVTT\n"
    with pytest.raises(Invalid, match="return_timestamps=True"):
        write_subtitles({"text": "Steel"}, ".srt")
