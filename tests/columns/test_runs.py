"""A model over a column: who may, what becomes of the rows, and what a hub that stops does to it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from openhearth.access import NOBODY
from openhearth.columns import RunSpec
from openhearth.errors import (
    Conflict,
    EntryNotFound,
    HubError,
    Invalid,
    NotFound,
    RepoNotFound,
    Unauthenticated,
)
from openhearth.jobs.queue import LEASE_S
from openhearth.kit.names import RepoRef
from tests.columns.conftest import Desk


def test_nobody_runs_anything(desk: Desk) -> None:
    spec = RunSpec(
        model=desk.model.ref,
        task="text-classification",
        dataset=desk.dataset.ref,
        path="reviews.csv",
        column="text",
    )
    with pytest.raises(Unauthenticated, match="sign in"):
        desk.columns.start(NOBODY, spec)
    with pytest.raises(Unauthenticated):
        desk.columns.list_runs(NOBODY)


@pytest.mark.both_engines
def test_each_row_is_asked_and_those_that_fail_are_named(desk: Desk) -> None:
    run = desk.work(desk.start())
    assert (run.state, run.rows_found, run.model_commit) == ("done", 5, "c" * 40)
    assert desk.answers(run) == [
        "glad", "cross", "The cell is empty.", "glad", "inputs: the text is of no language."
    ]  # fmt: skip
    shown = desk.columns.show(desk.actors["ada"], run.id)
    assert (shown.progress.done, shown.progress.failed, shown.progress.total) == (5, 2, 5)
    assert shown.chart is not None
    assert [(bar.label, bar.count) for bar in shown.chart.bars] == [("glad", 2), ("cross", 1)]


def test_only_the_first_rows_are_asked(desk: Desk) -> None:
    run = desk.work(desk.start(rows=2))
    assert desk.answers(run) == ["glad", "cross"]
    assert len(desk.models.judge.asked) == 2


def test_a_run_belongs_to_who_asked(desk: Desk) -> None:
    run = desk.work(desk.start())
    for look in (
        desk.columns.get,
        desk.columns.show,
        desk.columns.cancel,
        desk.columns.resume,
        desk.columns.delete,
    ):
        with pytest.raises(NotFound, match="of yours"):
            look(desk.actors["eve"], run.id)
    assert desk.columns.list_runs(desk.actors["eve"]) == []


def test_a_private_dataset_does_not_exist_for_eve(desk: Desk) -> None:
    with pytest.raises(RepoNotFound):
        desk.start("eve")
    public = desk.site.create("open", kind="dataset")
    desk.site.commit(public, {"reviews.csv": "text\nI love it\n"})
    hidden = desk.site.create("hidden", visibility="private")
    with pytest.raises(RepoNotFound):
        desk.start("eve", dataset=public.ref, model=hidden.ref)


def test_access_counts_at_the_time_of_the_run(desk: Desk) -> None:
    public = desk.site.create("open", kind="dataset")
    desk.site.commit(public, {"reviews.csv": "text\nI love it\n"})
    run = desk.start("eve", dataset=public.ref)
    desk.site.hub.repos.catalogue.change_settings(desk.site.ada_actor, public, visibility="private")
    desk.site.hub.queue.run_due()
    ended = desk.columns.get(desk.actors["eve"], run.id)
    assert ended.state == "failed" and ended.error
    assert desk.models.judge.asked == []
    with pytest.raises(HubError):
        desk.columns.write_file(desk.actors["eve"], ended, "csv")


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"task": "juggling"}, Invalid, "cannot be run over a column"),
        ({"task": "text-to-image"}, Invalid, "cannot be run over a column"),
        ({"rows": 0}, Invalid, "rows: 0 is out of bounds"),
        ({"rows": 1001}, Invalid, "choose 1 to 1000"),
        ({"column": "no"}, Invalid, "column: there is no 'no'; choose one of text, stars"),
        ({"path": "none.csv"}, EntryNotFound, "none.csv"),
        ({"path": "../x.csv"}, Invalid, "path"),
        ({"model": RepoRef("model", "ada", "none")}, RepoNotFound, "none"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_sentence(
    desk: Desk, changed: dict[str, Any], error: type[HubError], says: str
) -> None:
    with pytest.raises(error, match=says):
        desk.start(**changed)


def test_three_at_once_are_enough_for_one_person(desk: Desk) -> None:
    runs = [desk.start() for _ in range(3)]
    with pytest.raises(Conflict, match="3 runs under way"):
        desk.start()
    desk.columns.cancel(desk.actors["ada"], runs[0].id)
    desk.start()


def test_a_run_is_cancelled_between_rows_and_goes_on_later(desk: Desk) -> None:
    desk.site.commit(desk.dataset, {"reviews.csv": "text\n" + "I love it\n" * 20})
    run = desk.start()
    desk.models.judge.between = lambda: desk.columns.cancel(desk.actors["ada"], run.id)
    assert desk.work(run).state == "cancelled"
    assert len(desk.models.judge.asked) == 8
    desk.models.judge.between = None
    desk.columns.resume(desk.actors["ada"], run.id)
    assert desk.work(run).state == "done"
    assert len(desk.models.judge.asked) == 20
    assert desk.answers(run) == ["glad"] * 20


def test_a_hub_that_stops_goes_on_where_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies in the middle of a slice: its lease runs out, and the next process takes the rest."""
    desk.site.commit(desk.dataset, {"reviews.csv": "text\n" + "I love it\n" * 20})
    run = desk.start()

    def die() -> None:
        if len(desk.models.judge.asked) == 16:
            raise KeyboardInterrupt

    desk.models.judge.between = die
    with pytest.raises(KeyboardInterrupt):
        desk.site.hub.queue.run_due()
    assert desk.columns.get(desk.actors["ada"], run.id).state == "running"
    desk.models.judge.between = None
    later = desk.site.hub.ground.clock() + timedelta(seconds=2 * LEASE_S)
    monkeypatch.setattr(desk.site.hub.queue, "_clock", lambda: later)
    assert desk.work(run).state == "done"
    assert desk.answers(run) == ["glad"] * 20


def test_a_model_that_breaks_again_and_again_ends_the_run(desk: Desk) -> None:
    desk.site.commit(desk.dataset, {"reviews.csv": "text\n" + "crash\n" * 60})
    run = desk.work(desk.start())
    assert run.state == "failed" and run.error == "The model's process ended."
    assert len(desk.models.judge.asked) == 24


def test_a_model_that_is_gone_ends_the_run_and_keeps_what_came(desk: Desk) -> None:
    run = desk.start()
    desk.site.hub.repos.catalogue.delete(desk.site.ada_actor, desk.model.ref)
    ended = desk.work(run)
    assert ended.state == "failed" and ended.error == "The model ada/judge is gone."


def test_cells_may_name_files_of_the_dataset(desk: Desk) -> None:
    files = {"data/metadata.csv": "file_name,who\na.txt,x\nnone.txt,y\n../../a,z\n", "data/a.txt": "love"}
    desk.site.commit(desk.dataset, files)
    run = desk.work(desk.start(task="image-classification", path="data/metadata.csv", column="file_name"))
    first, second, third = desk.answers(run)
    assert first == "glad" and desk.models.judge.asked[0].payload == b"love"
    assert "names no file" in second and "path" in third


def test_what_a_task_needs_beside_the_row_is_asked_for(desk: Desk) -> None:
    run = desk.work(
        desk.start(task="zero-shot-classification", parameters={"candidate_labels": ["plus", "minus"]})
    )
    assert desk.answers(run)[:2] == ["plus", "minus"]


def test_the_result_comes_as_a_table_in_three_formats(desk: Desk) -> None:
    import io

    import pyarrow.parquet

    run = desk.work(desk.start())
    ada = desk.actors["ada"]
    lines = desk.columns.write_file(ada, run, "csv").decode().splitlines()
    assert lines[0] == "text,stars,prediction,prediction_score,prediction_error"
    assert lines[1] == "I love it,5,glad,0.9,"
    rows = [json.loads(line) for line in desk.columns.write_file(ada, run, "jsonl").splitlines()]
    assert rows[1] == {
        "text": "I hate it", "stars": 1, "prediction": "cross", "prediction_score": 0.9, "prediction_error": None,
    }  # fmt: skip
    table = pyarrow.parquet.read_table(io.BytesIO(desk.columns.write_file(ada, run, "parquet")))
    assert table.column("prediction").to_pylist() == ["glad", "cross", None, "glad", None]
    with pytest.raises(Invalid, match="format"):
        desk.columns.write_file(ada, replace(run), "xlsx")
