"""Films as inputs: frames by a path, bytes or a link, and what transformers says of the same frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from openhearth.engine.any_task import load_any_task
from openhearth.errors import Invalid, NotFound
from openhearth.pipelines import pipeline
from openhearth.pipelines.frames import read_frames
from openhearth.pipelines.media import Film, film_file
from openhearth.protocol.engine import Run
from tests.pipelines.tiny_models import make_film_classifier


def film(frames: int = 12, side: int = 48) -> bytes:
    """Red that turns blue, frame by frame."""
    pictures = [Image.new("RGB", (side, side), (250 - 20 * i % 250, 20, 20 * i % 250)) for i in range(frames)]
    return film_file(Film(frames=pictures, fps=8)).content


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film_classifier(tmp_path_factory.mktemp("films") / "classifier")


@pytest.fixture(scope="module")
def watch(classifier: Path) -> Any:
    return pipeline("video-classification", model=classifier, device="cpu", threads=1)


def test_frames_are_found_by_their_place() -> None:
    frames = read_frames(film(), [0, 5, 11])
    reds = [int(frame[..., 0].mean()) for frame in frames]
    assert [frame.shape for frame in frames] == [(48, 48, 3)] * 3 and reds[0] > reds[1] > reds[2]


def test_a_short_film_is_stretched() -> None:
    frames = read_frames(film(3), range(8))
    assert (
        len(frames) == 8
        and np.array_equal(frames[0], frames[1])
        and not np.array_equal(frames[0], frames[-1])
    )


def test_labels_are_those_of_transformers(watch: Any, classifier: Path, tmp_path: Path) -> None:
    import transformers

    whole = film(20)
    (tmp_path / "film.mp4").write_bytes(whole)
    plain = transformers.pipeline("video-classification", model=str(classifier), device="cpu")
    theirs = plain(str(tmp_path / "film.mp4"), top_k=3)
    for given in (str(tmp_path / "film.mp4"), tmp_path / "film.mp4", whole):
        ours = watch(given, top_k=3)
        assert [row["label"] for row in ours] == [row["label"] for row in theirs]
        assert [row["score"] for row in ours] == pytest.approx([row["score"] for row in theirs], abs=1e-3)
    every_second = plain(str(tmp_path / "film.mp4"), frame_sampling_rate=2)
    assert watch(whole, frame_sampling_rate=2)[0]["score"] == pytest.approx(
        every_second[0]["score"], abs=1e-3
    )
    assert len(watch([film(), film(5)])) == 2 and str(watch.read) == "[]"


def test_engines_take_films_as_bytes(classifier: Path) -> None:
    task = load_any_task(
        "video-classification", classifier, name="forge/tiny", threads=1, device="cpu", dtype="float32"
    )
    (answer,) = task.compute([task.decode(Run(request_id=1, payload=film()))], {"top_k": 2})
    assert [set(row) for row in answer] == [{"label", "score"}] * 2
    with torch.no_grad(), pytest.raises(Invalid, match="no film that can be read"):
        task.compute([task.decode(Run(request_id=1, payload=b"no film"))], {})


@pytest.mark.parametrize(
    ("given", "parameters", "words"),
    [
        (b"no film", {}, "no film that can be read"),
        (film()[:200], {}, "no film that can be read"),
        (film(), {"num_frames": 0.5}, "num_frames: 0.5"),
        (film(), {"frame_sampling_rate": 1000}, "from 1 to 64"),
    ],
)
def test_what_cannot_be_watched_is_named(
    watch: Any, given: bytes, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        watch(given, **parameters)


def test_files_that_are_missing_or_empty_are_named(watch: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(Invalid, match=r"empty\.mp4: is empty"):
        watch(str(tmp_path / "empty.mp4"))
    with pytest.raises(NotFound, match="neither a link nor a file"):
        watch("nowhere.mp4")
