"""A writer killed at any moment leaves a repo without fault, which takes the next commit."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from openhearth.storage.git import GitStore, PutFile
from tests.storage.git.conftest import KEY, OneRepo

WRITER = """
import sys
from pathlib import Path
from openhearth.storage.git import GitStore
from openhearth.storage.git import PutFile
from tests.storage.git.conftest import OneRepo
repo = OneRepo(GitStore(Path(sys.argv[1])))
number = 0
while True:
    number += 1
    commit = repo.commit(*(PutFile(f"d{n}/f", b"%d %d" % (number, n) * 50) for n in range(40)))
    print(commit, flush=True)
"""


def test_kill_9_loses_no_announced_commit_and_leaves_no_half_one(tmp_path: Path) -> None:
    root = tmp_path / "git"
    GitStore(root).create(KEY)
    announced: list[str] = []
    for attempt in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, text=True, env=_environ()
        )
        assert writer.stdout is not None
        announced.append(writer.stdout.readline().strip())  # it works; now it may die at any time
        time.sleep(random.Random(attempt).random() * 0.15)
        writer.send_signal(signal.SIGKILL)
        announced += [line.strip() for line in writer.stdout if len(line) == 41]
        writer.wait(10)
        writer.stdout.close()
        repo = OneRepo(GitStore(root))
        repo.check()
        history = set(repo.git("rev-list", "main").split())
        assert set(announced) <= history
    repo.commit(PutFile("after", b"all of it"))
    assert repo.git("show", "main:after") == "all of it"


def _environ() -> dict[str, str]:
    here = Path(__file__).parents[3]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(here / "src"), str(here)])}
