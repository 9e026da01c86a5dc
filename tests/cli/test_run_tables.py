"""Tables from the shell: what one teaches, and how a series goes on, as a person reads it."""

from __future__ import annotations

from pathlib import Path

from openhearth.cli.run_shown import show
from openhearth.pipelines import pipeline
from openhearth.pipelines.tasks import TASKS
from tests.inference.test_run_command import openhearth


def test_a_table_teaches_and_says_how_far_to_trust_it(tmp_path: Path) -> None:
    rows = [f"{i},{'small' if i < 20 else 'large'}" for i in range(40)]
    (tmp_path / "parts.csv").write_text("\n".join(["length,size", *rows, "3,", "33,"]))
    done = openhearth("predict the category of each row", str(tmp_path / "parts.csv"), "--set", "target=size")
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode().splitlines()
    assert said[:3] == ["row 41  small", "row 42  large", "what counts: length"]
    assert said[3] == "accuracy 0.9 on 10 rows kept apart; a guess reaches 0.5"


def test_a_series_goes_on() -> None:
    answer = pipeline("time-series-forecasting")(list(range(40)), horizon=2)
    first, second, told = show(TASKS["time-series-forecasting"], answer).splitlines()
    assert first.startswith("1  40  (") and second.startswith("2  41  (")
    assert "mean absolute error" in told and "a guess reaches 1.5" in told
