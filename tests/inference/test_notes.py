"""What libraries say in an engine reaches whoever asked: at loading, at a call, at a failure; and no answer waits for the book."""

from __future__ import annotations

import json
import os
import queue
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from openhearth.access import NOBODY, Actor
from openhearth.config import Settings
from openhearth.errors import Invalid
from openhearth.inference.askers import ASKER, Asker, ask_for
from openhearth.inference.connection import Answer
from openhearth.inference.fleet import Fleet
from openhearth.inference.records import EngineKey, EngineSpec
from openhearth.protocol.engine import Failed, Generated, Result, Run, Said
from tests.inference.test_fleet import ECHO, ask, ready, spec

# Where the engine finds itself: this repo, and whatever was set before.
PATHS = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
ADA, EVE = Actor(user_id="1", name="ada"), Actor(user_id="2", name="eve")


@dataclass
class Told:
    """Everything that was told, as (whose, kind, message)."""

    heard: list[tuple[str | None, str, str]] = field(default_factory=list)
    askers: list[Asker] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def tell(self, _spec: EngineSpec, asker: Asker, notes: Sequence[Said]) -> None:
        self.askers.append(asker)
        self.heard += [(asker.user_id, note.kind, note.message) for note in notes]
        self.sources += [note.source for note in notes]

    def taken(self) -> list[tuple[str | None, str, str]]:
        heard, self.heard = self.heard, []
        return heard


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told) -> Iterator[Fleet]:
    monkeypatch.setenv("PYTHONPATH", PATHS)
    made = Fleet(Settings(engine_threads=1), folder=tmp_path / "logs", module=ECHO, tell=told.tell)
    before = ASKER.get()
    yield made
    ASKER.set(before)
    made.stop()


def test_a_warning_of_a_call_reaches_who_made_it(fleet: Fleet, told: Told) -> None:
    engine = ready(fleet, spec())
    ask_for(ADA)
    assert isinstance(ask(engine, "warn max_new_tokens is set twice"), Generated)
    assert told.taken() == [("1", "warning", "max_new_tokens is set twice")]
    assert told.askers[-1].run_id == engine.run_id
    ask_for(EVE)
    ask(engine, "Steel")
    assert told.taken() == []
    ask_for(NOBODY)
    ask(engine, "warn again")
    assert told.taken() == [(None, "warning", "again")]
    ask_for(ADA, run_id="run-7")
    ask(engine, "warn for a run")
    assert told.askers[-1] == Asker("1", "run-7")


def test_a_load_report_reaches_everybody_who_asks_once(fleet: Fleet, told: Told) -> None:
    ask_for(ADA)
    engine = ready(fleet, spec(folder="noisy"))
    assert told.taken() == []
    report = "LOAD REPORT: fc1.weight was newly initialized"
    for actor in (ADA, ADA, EVE):
        ask_for(actor)
        ask(engine)
    assert told.taken() == [("1", "report", report), ("2", "report", report)]
    assert told.sources == ["transformers.loading"] * 2


def test_a_failure_comes_with_the_module_that_failed(fleet: Fleet, told: Told) -> None:
    ask_for(ADA)
    engine = ready(fleet, spec())
    assert isinstance(ask(engine, "break"), Failed)
    assert told.taken() == [("1", "failure", "RuntimeError: decoder.layers.0.fc1.weight has the wrong shape")]
    assert told.sources == ["__main__"]
    assert isinstance(ask(engine, "die"), Failed)
    ((whose, kind, message),) = told.taken()
    assert (whose, kind) == ("1", "failure") and "status 3" in message


def test_a_model_that_cannot_be_loaded_is_told_of(fleet: Fleet, told: Told) -> None:
    ask_for(EVE)
    with pytest.raises(Invalid):
        ready(fleet, spec(folder="/nowhere/broken"))
    assert told.taken() == [("2", "failure", "Invalid: the model cannot be loaded: it is broken.")]


def test_a_book_that_cannot_be_written_keeps_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", PATHS)
    calls: list[Asker] = []

    def fail(_spec: EngineSpec, asker: Asker, _notes: Sequence[Said]) -> None:
        calls.append(asker)
        raise OSError("the disk is full")

    fleet = Fleet(Settings(engine_threads=1), folder=tmp_path / "logs", module=ECHO, tell=fail)
    assert isinstance(ask(ready(fleet, spec()), "warn of something"), Generated)
    assert len(calls) == 1
    fleet.stop()


@pytest.mark.run
def test_a_head_of_random_numbers_is_told_of_by_a_real_engine(
    tiny: dict[str, Path], tmp_path: Path, told: Told
) -> None:
    """Its config promises a classifier that its weights do not hold: transformers says so in its load report."""
    folder = tmp_path / "headless"
    shutil.copytree(tiny["feature-extraction"], folder, ignore=shutil.ignore_patterns("modules.json"))
    config = json.loads((folder / "config.json").read_text())
    config["architectures"] = ["BertForSequenceClassification"]
    (folder / "config.json").write_text(json.dumps(config))
    fleet = Fleet(Settings(engine_threads=1), folder=tmp_path / "logs", tell=told.tell)
    key = EngineKey(repo_key="headless", commit="c" * 40, task="text-classification")
    ask_for(ADA)
    engine = fleet.engine(EngineSpec(key=key, name="ada/headless", folder=folder, needs_bytes=1)).result(250)
    arrived: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    engine.connection.submit(Run(request_id=0, inputs="Steel"), arrived.put)
    answer = arrived.get(timeout=100)
    log = next((tmp_path / "logs").glob("*.log")).read_text()
    fleet.stop()
    assert isinstance(answer, Result)
    ((whose, kind, message),) = told.heard
    assert (whose, kind) == ("1", "report") and "classifier.weight" in message
    assert str(tmp_path) not in message and "from: the model" in message
    assert "classifier.weight" in log, "the log keeps it too"
