from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from openhearth.config import Settings
from openhearth.errors import Busy, EngineFailed, HubError
from openhearth.inference.connection import Answer
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.fleet import Fleet, ModelTooLarge
from openhearth.inference.records import EngineKey, EngineSpec
from openhearth.protocol.engine import Delta, Failed, Generate, Generated, Result, Run

GB = 1_000_000_000


def spec(
    folder: Path, name: str = "forge/tiny", *, task: str = "text-generation", needs_bytes: int = GB
) -> EngineSpec:
    key = EngineKey(repo_key=name, commit="c" * 40, task=task)
    return EngineSpec(key=key, name=name, folder=folder, needs_bytes=needs_bytes)


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(Settings(engine_memory_gb=2.5, engine_idle_s=0, engine_threads=1), folder=tmp_path / "logs")
    yield made
    made.stop()


def ready(fleet: Fleet, wanted: EngineSpec) -> EngineProcess:
    return fleet.engine(wanted).result(120)


def ask(engine: EngineProcess, max_tokens: int = 3) -> Generated | Failed | Result:
    answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    engine.connection.submit(Generate(request_id=0, prompt="Steel", max_tokens=max_tokens), answers.put)
    answer = answers.get(timeout=60)
    assert not isinstance(answer, Delta)
    return answer


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "openhearth.engine" in child.cmdline()]


def test_one_engine_serves_one_commit_and_ends_with_the_fleet(fleet: Fleet, tiny: dict[str, Path]) -> None:
    before = len(children())
    wanted = spec(tiny["text-generation"])
    first, second = fleet.engine(wanted), fleet.engine(wanted)
    assert first.result(120) is second.result(120) and len(children()) == before + 1
    assert isinstance(ask(first.result()), Generated)
    fleet.stop()
    assert len(children()) == before


def test_a_crash_is_an_answer_and_the_next_request_starts_afresh(fleet: Fleet, tiny: dict[str, Path]) -> None:
    engine = ready(fleet, spec(tiny["text-generation"]))
    assert engine._process is not None
    os.kill(engine._process.pid, signal.SIGSTOP)
    answers: list[Answer] = []
    engine.connection.submit(Generate(request_id=0, prompt="Steel"), answers.append)
    os.kill(engine._process.pid, signal.SIGKILL)
    engine._process.wait()
    for _ in range(100):
        if answers:
            break
        time.sleep(0.02)
    (answer,) = answers
    assert isinstance(answer, Failed) and answer.status == 503 and "process ended" in answer.message
    with pytest.raises(EngineFailed, match="process ended"):
        engine.connection.submit(Run(request_id=0), lambda _answer: None)
    again = ready(fleet, spec(tiny["text-generation"]))
    assert again is not engine and isinstance(ask(again), Generated)


def test_a_model_that_can_never_fit_is_refused_with_the_numbers(fleet: Fleet, tmp_path: Path) -> None:
    with pytest.raises(ModelTooLarge, match=r"needs about 7\.0 GB .* 2\.5 GB"):
        fleet.engine(spec(tmp_path, needs_bytes=7 * GB))


def test_the_least_recently_used_makes_room_and_what_is_in_use_does_not(
    fleet: Fleet, tiny: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("forge/a", "forge/b"):
        ready(fleet, spec(tiny["text-generation"], name))
    with pytest.raises(Busy, match="forge/a, forge/b"):
        fleet.engine(spec(tiny["text-generation"], "forge/c"))
    monkeypatch.setattr("openhearth.inference.fleet.GRACE_S", 0.0)
    fleet.engine(spec(tiny["text-generation"], "forge/a"))
    ready(fleet, spec(tiny["text-generation"], "forge/c"))
    assert sorted(status.name for status in fleet.list_engines()) == ["forge/a", "forge/c"]


def test_an_idle_engine_is_unloaded(fleet: Fleet, tiny: dict[str, Path]) -> None:
    ready(fleet, spec(tiny["text-generation"]))
    time.sleep(0.01)
    fleet.evict_idle()
    assert fleet.list_engines() == []


def test_what_loading_says_reaches_whoever_asked(fleet: Fleet, tiny: dict[str, Path]) -> None:
    with pytest.raises(HubError, match="forge/tiny"):
        ready(fleet, spec(tiny["image-classification"], task="text-generation"))
    with pytest.raises(HubError):
        ready(fleet, spec(tiny["image-classification"], task="text-generation"))
