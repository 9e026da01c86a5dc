"""Speech: how many words of the LibriVox clips are heard wrongly, by each model that is here."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from openhearth import pipeline
from openhearth.cli.starter.install import default_cache, prepare
from openhearth.cli.starter.recipes import choose_recipes
from openhearth.pipelines.shelf import list_shelf
from tests.quality.figures import Figure, plain_words, word_errors

_TASK = "automatic-speech-recognition"
AIM = 0.05


def judge() -> Iterator[Figure]:
    (clips,) = choose_recipes(["librivox-clips"])
    folder = prepare(clips, default_cache()) / "data"
    with (folder / "metadata.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for known in list_shelf():
        if known.pipeline_tag != _TASK:
            continue
        hear = pipeline(_TASK, model=known.path)
        errors = words = 0
        for row in rows:
            said = plain_words(row["text"])
            errors += word_errors(said, plain_words(hear(str(folder / row["file_name"]))["text"]))
            words += len(said)
        name = f"word error rate, {known.id.partition('/')[2]}"
        yield Figure(name=name, value=errors / words, rows=len(rows), aim=AIM, is_error=True)
