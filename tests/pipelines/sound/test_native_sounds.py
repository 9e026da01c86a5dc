"""Tasks of sounds that transformers has: its answers, for sounds as people have them. The models are random numbers."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.inputs import read_sound
from tests.pipelines import tiny_sounds
from tests.pipelines.tiny_models import png_bytes, wav_bytes

LISTENING: list[tuple[str, Callable[[Path], Path], dict[str, Any]]] = [
    ("audio-classification", tiny_sounds.make_wav2vec2_classifier, {}),
    ("audio-classification", tiny_sounds.make_spectrogram_transformer, {"top_k": 2}),
    (
        "zero-shot-audio-classification",
        tiny_sounds.make_clap,
        {"candidate_labels": ["a hammer", "bellows"], "hypothesis_template": "The sound of {}."},
    ),
]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A folder of this machine on the web, with one sound in it."""
    monkeypatch.setenv("OPENHEARTH_FETCH_ALLOW_PRIVATE", "1")
    (tmp_path / "tone.wav").write_bytes(wav_bytes())

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path))
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("task", "make", "parameters"), LISTENING, ids=["wav2vec2", "ast", "clap"])
def test_what_is_heard_is_what_transformers_hears(
    task: str, make: Callable[[Path], Path], parameters: dict[str, Any], tmp_path: Path, site: str
) -> None:
    import transformers

    folder = make(tmp_path / "model")
    theirs = transformers.pipeline(task, model=str(folder), device="cpu")
    ours = pipeline(model=folder, device="cpu", threads=1)
    assert ours.choice.task.name == task
    rate_hz = theirs.feature_extractor.sampling_rate
    tone = read_sound(wav_bytes(), rate_hz=rate_hz)
    expected = theirs(tone, **parameters)
    as_dict = {"array": tone, "sampling_rate": rate_hz}
    for given in (wav_bytes(), tmp_path / "tone.wav", f"{site}/tone.wav", tone, as_dict):
        assert ours(given, **parameters) == expected
    assert ours([wav_bytes(), tone], **parameters) == [expected, expected]
    with pytest.raises(Invalid, match="no sound track"):
        ours(png_bytes(), **parameters)


@pytest.mark.parametrize(
    ("make", "parameters"),
    [
        (tiny_sounds.make_vits, {}),
        (tiny_sounds.make_musicgen, {"generate_kwargs": {"max_new_tokens": 8, "do_sample": False}}),
    ],
    ids=["vits", "musicgen"],
)
def test_what_is_made_is_what_transformers_makes(
    make: Callable[[Path], Path], parameters: dict[str, Any], tmp_path: Path
) -> None:
    import torch
    import transformers

    folder = make(tmp_path / "model")
    theirs = transformers.pipeline("text-to-audio", model=str(folder), device="cpu")
    torch.manual_seed(0)
    expected = theirs("the smith", **parameters)
    for task in ("text-to-audio", "text-to-speech"):
        ours = pipeline(task, model=folder, device="cpu", threads=1)
        torch.manual_seed(0)
        made = ours("the smith", **parameters)
        np.testing.assert_array_equal(made["audio"], expected["audio"])
        assert made["sampling_rate"] == expected["sampling_rate"]
    assert len(read_sound(ours.save(tmp_path / "made.flac"), rate_hz=made["sampling_rate"])) > 0
