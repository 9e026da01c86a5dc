"""`python -m tests.bench [start] [api] [history] [uploads] [dedup] [downloads] [chat]`: all of them, or those named."""

from __future__ import annotations

import platform
import sys
import tempfile
from pathlib import Path

import psutil

from tests.bench import api, chat, downloads, history, start, uploads
from tests.support.running import RunningHub
from tests.support.starter import install_models

ALL = ("start", "api", "history", "uploads", "dedup", "downloads", "chat")


def main() -> None:
    wanted = sys.argv[1:] or list(ALL)
    memory = psutil.virtual_memory().total / (1 << 30)
    print(
        f"{platform.machine()}, {psutil.cpu_count()} cores, {memory:.0f} GiB; load {psutil.getloadavg()[0]:.1f}."
    )
    print("Ratios count, rates drift.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's workers read below it
        hub = RunningHub(folder / "hub" / "data").start().invite_people()
        try:
            for topic in wanted:
                _run(topic, hub, folder)
        finally:
            hub.stop()


def _run(topic: str, hub: RunningHub, folder: Path) -> None:
    work = folder / topic
    work.mkdir(mode=0o755)
    if topic == "start":
        start.bench(work)
    elif topic == "api":
        api.bench(hub, work)
    elif topic == "history":
        history.bench(work)
    elif topic == "uploads":
        uploads.bench(hub, work)
    elif topic == "dedup":
        uploads.bench_dedup(hub, work)
    elif topic == "downloads":
        downloads.bench(hub, work)
    elif topic == "chat":
        install_models(hub, ["SmolLM2-135M-Instruct"])
        chat.bench(hub, work)
    else:
        sys.exit(f"{topic!r} is no benchmark; choose among {', '.join(ALL)}.")


main()
