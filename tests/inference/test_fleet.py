"""The fleet over real processes that load no torch: `echo_engine.py`."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from openhearth.config import Settings
from openhearth.errors import Busy, EngineFailed, Invalid
from openhearth.inference.connection import Answer
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.fleet import Fleet, ModelTooLarge
from openhearth.inference.records import EngineKey, EngineSpec
from openhearth.protocol.engine import Delta, Failed, Generate, Generated, Result, Run

GB = 1_000_000_000
ECHO = "tests.inference.echo_engine"


def spec(name: str = "forge/tiny", *, folder: str = "model", needs_bytes: int = GB) -> EngineSpec:
    key = EngineKey(repo_key=name, commit="c" * 40, task="text-generation")
    return EngineSpec(key=key, name=name, folder=Path(folder), needs_bytes=needs_bytes)


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    settings = Settings(engine_memory_gb=2.5, engine_idle_s=0, engine_threads=1)
    made = Fleet(settings, folder=tmp_path / "logs", module=ECHO)
    yield made
    made.stop()


def ready(fleet: Fleet, wanted: EngineSpec) -> EngineProcess:
    return fleet.engine(wanted).result(60)


def submit(engine: EngineProcess, prompt: str) -> queue.SimpleQueue[Answer]:
    answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    engine.connection.submit(Generate(request_id=0, prompt=prompt), answers.put)
    return answers


def ask(engine: EngineProcess, prompt: str = "Steel") -> Generated | Failed | Result:
    answer = submit(engine, prompt).get(timeout=30)
    assert not isinstance(answer, Delta)
    return answer


def processes() -> set[int]:
    """The engines that run; one that ended has no command line any more, or is gone while we look."""
    found = set()
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if ECHO in child.cmdline():
                found.add(child.pid)
    return found


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_engine_serves_one_commit_and_ends_with_the_fleet(fleet: Fleet) -> None:
    first, second = fleet.engine(spec()), fleet.engine(spec())
    assert first.result(60) is second.result(60) and len(processes()) == 1
    assert isinstance(ask(first.result()), Generated)
    fleet.stop()
    assert processes() == set()


def test_a_crash_is_an_answer_and_the_next_request_starts_afresh(
    fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    engine = ready(fleet, spec())
    waiting = submit(engine, "sleep")
    died = ask(engine, "die")
    assert isinstance(died, Failed) and died.status == 503
    assert "process ended (status 3)" in died.message and "the furnace is out" not in died.message
    assert "the furnace is out" in caplog.text
    assert isinstance(waiting.get(timeout=5), Failed)
    with pytest.raises(EngineFailed, match="process ended"):
        engine.connection.submit(Run(request_id=0), lambda _answer: None)
    again = ready(fleet, spec())
    assert again is not engine and isinstance(ask(again), Generated)


def test_a_process_that_is_killed_while_it_loads_is_an_answer(fleet: Fleet) -> None:
    waiting = fleet.engine(spec())
    (pid,) = processes()
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(EngineFailed):
        waiting.result(60)


def test_a_model_that_can_never_fit_is_refused_with_the_numbers(fleet: Fleet) -> None:
    with pytest.raises(ModelTooLarge, match=r"needs about 7\.0 GB .* 2\.5 GB"):
        fleet.engine(spec(needs_bytes=7 * GB))


def test_the_least_recently_used_makes_room_and_what_is_in_use_does_not(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("forge/a", "forge/b"):
        ready(fleet, spec(name))
    with pytest.raises(Busy, match="forge/a, forge/b"):
        fleet.engine(spec("forge/c"))
    monkeypatch.setattr("openhearth.inference.fleet.GRACE_S", 0.0)
    fleet.engine(spec("forge/a"))
    ready(fleet, spec("forge/c"))
    assert sorted(status.name for status in fleet.list_engines()) == ["forge/a", "forge/c"]
    for status in fleet.list_engines():
        submit(ready(fleet, spec(status.name)), "sleep")
    with pytest.raises(Busy):
        fleet.engine(spec("forge/b"))


def test_an_idle_engine_is_unloaded(fleet: Fleet) -> None:
    ready(fleet, spec())
    time.sleep(0.01)
    fleet.evict_idle()
    assert fleet.list_engines() == []


def test_what_loading_says_reaches_whoever_asked(fleet: Fleet) -> None:
    for _ in range(2):
        with pytest.raises(Invalid, match="forge/tiny cannot be loaded"):
            ready(fleet, spec(folder="broken"))


def test_a_look_at_a_model_makes_a_process_wait_and_the_first_question_takes_it(fleet: Fleet) -> None:
    fleet.expect("forge/a")
    assert processes() == set(), "a fleet that was not started starts nothing by itself"
    fleet.start()
    fleet.expect("forge/a")
    fleet.expect("forge/b")
    spare = processes()
    assert len(spare) == 1 and fleet.list_engines() == []
    assert isinstance(ask(ready(fleet, spec("forge/a"))), Generated)
    fleet.expect("forge/a")
    assert processes() == spare, "the model runs: nothing more to expect"


def test_a_spare_that_nobody_needs_or_that_died_is_forgotten(fleet: Fleet) -> None:
    fleet.start()
    fleet.expect("forge/a")
    fleet.evict_idle()
    assert processes() == set()
    fleet.expect("forge/a")
    (pid,) = processes()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: has_ended(pid))
    assert isinstance(ask(ready(fleet, spec("forge/a"))), Generated)
