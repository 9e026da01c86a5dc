"""How soon the hub answers, what it holds when idle, and how long the command line takes to say what it can do."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.bench.measure import ROUNDS, row, title
from tests.support.running import RunningHub

_COMMANDS = (["--help"], ["run", "--help"], ["serve", "--help"], ["admin", "--help"], ["tasks"])


def bench(folder: Path) -> None:
    title("Start")
    ready = [_start(folder / f"data{number}") for number in range(ROUNDS)]
    wall_s, cpu_s, rss_bytes = (statistics.median(column) for column in zip(*ready, strict=True))
    row("serve, first start, until /health answers", f"{wall_s:.2f} s", f"{cpu_s:.2f} CPU s", "aim < 2 s")
    row("memory of the idle hub", f"{rss_bytes / (1 << 20):.0f} MiB", "", "aim < 150 MiB")
    for arguments in _COMMANDS:
        cpu_s = statistics.median(_cpu_s(*arguments) for _ in range(ROUNDS))
        aim = "aim < 0.3 CPU s" if "--help" in arguments else ""
        row(f"openhearth {' '.join(arguments)}", f"{cpu_s:.2f} CPU s", "", aim)


def _start(data: Path) -> tuple[float, float, float]:
    """Seconds until ready, CPU seconds, and resident bytes a moment later."""
    began = time.perf_counter()
    hub = RunningHub(data).start()
    took = time.perf_counter() - began
    assert hub.process is not None
    process = psutil.Process(hub.process.pid)
    cpu = sum(process.cpu_times()[:2])
    time.sleep(1)
    rss = process.memory_info().rss
    hub.stop()
    return took, cpu, rss


def _cpu_s(*arguments: str) -> float:
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "openhearth", *arguments], stdout=subprocess.DEVNULL, check=True, timeout=60
    )
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
