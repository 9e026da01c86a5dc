"""Timing and reporting."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.support.clients import client_environ, run
from tests.support.running import RunningHub

ROUNDS = 3
MIB = 1 << 20


@dataclass
class Figure:
    """One measured thing: seconds of wall clock per round, and the server's CPU seconds where they were counted."""

    name: str
    walls_s: list[float] = field(default_factory=list)
    cpus_s: list[float] = field(default_factory=list)

    @property
    def wall_s(self) -> float:
        return statistics.median(self.walls_s)

    @property
    def cpu_s(self) -> float:
        return statistics.median(self.cpus_s) if self.cpus_s else float("nan")


def cpu_of(pid: int | None) -> float:
    """CPU seconds that a process and its living descendants have used."""
    if pid is None:
        return 0.0
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in family)


def interleaved(
    contenders: dict[str, Callable[[], object]],
    pids: dict[str, int | None] | None = None,
    rounds: int = ROUNDS,
) -> dict[str, Figure]:
    """Run every contender once a round, one after the other, so that drift meets all alike. The first round warms up."""
    figures = {name: Figure(name) for name in contenders}
    for number in range(rounds + 1):
        for name, call in contenders.items():
            pid = (pids or {}).get(name)
            cpu, began = cpu_of(pid), time.perf_counter()
            call()
            if number:
                figures[name].walls_s.append(time.perf_counter() - began)
                if pid:
                    figures[name].cpus_s.append(cpu_of(pid) - cpu)
    return figures


def title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def row(name: str, value: str, ratio: str = "", aim: str = "") -> None:
    print(f"  {name:<44} {value:>16}  {ratio:>22}  {aim}", flush=True)


def compare(
    figures: dict[str, Figure], anchor: str, size_bytes: int, aims: dict[str, str] | None = None
) -> None:
    """Print rates, and each as a ratio to the anchor's (1.00x: as fast)."""
    base = figures[anchor]
    for name, figure in figures.items():
        rate = f"{size_bytes / figure.wall_s / MIB:,.0f} MiB/s"
        ratio = "anchor" if name == anchor else f"{base.wall_s / figure.wall_s:.2f}x of {anchor}"
        cpu = f", {figure.cpu_s / (size_bytes / (1 << 30)):.2f} CPU s/GiB" if figure.cpus_s else ""
        row(name, rate, ratio, (aims or {}).get(name, "") + cpu)


def curl(url: str, *options: str, parallel: int = 1) -> None:
    processes = [
        subprocess.Popen(["curl", "-sSf", "-o", "/dev/null", *options, url]) for _ in range(parallel)
    ]
    assert all(process.wait() == 0 for process in processes), url


def hf(hub: RunningHub, home: Path, *arguments: str, xet: bool = True) -> None:
    """The stock client's command, on a machine that never spoke to the hub unless `home` did."""
    home.mkdir(parents=True, exist_ok=True)
    program = str(Path(sys.executable).parent / "hf")
    run([program, *arguments], home, client_environ(hub, home, xet=xet), 600)


def random_file(path: Path, size_bytes: int) -> Path:
    with path.open("wb") as file:
        for _ in range(size_bytes // MIB):
            file.write(os.urandom(MIB))
    return path
