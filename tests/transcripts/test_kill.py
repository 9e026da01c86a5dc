"""kill -9 at any moment: what was acknowledged is whole afterwards, and nothing half-made is to be seen."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from tests.support.clients import PROGRAMS, client_environ
from tests.support.git import GitUser
from tests.support.running import RunningHub

pytestmark = pytest.mark.slow


def own_hub(folder: Path) -> RunningHub:
    return RunningHub(folder / "data").start().invite_people()


def every_repo_is_whole(hub: RunningHub) -> None:
    for path in hub.data.rglob("*.git"):
        if path.is_dir():
            done = subprocess.run(
                ["git", "-C", str(path), "fsck", "--full", "--strict"],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr


def test_acknowledged_commits_survive_and_no_half_commit_exists(tmp_path: Path) -> None:
    hub = own_hub(tmp_path)
    acknowledged: dict[str, bytes] = {}
    api = HfApi(endpoint=hub.url, token=hub.tokens["ada"])
    api.create_repo("ada/survivor")
    for round_number in range(4):
        stop = threading.Event()

        def write(round_number: int = round_number, stop: threading.Event = stop) -> None:
            number = 0
            while not stop.is_set():
                name, body = f"{round_number}/{number}.bin", os.urandom(20_000)
                pair = [
                    CommitOperationAdd(name, body),
                    CommitOperationAdd(name + ".twin.txt", b"twin of " + name.encode()),
                ]
                try:
                    # Straight requests: the stock client would retry for half a minute while the hub is down.
                    api.create_commit("ada/survivor", pair, commit_message=name)
                except Exception:
                    return
                acknowledged[name] = body
                number += 1

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        time.sleep(0.5 + random.random())
        stop.set()
        hub.kill()
        hub.start()
        writer.join(90)
    files = set(api.list_repo_files("ada/survivor"))
    for name in files:
        if name.endswith(".bin"):
            assert name + ".twin.txt" in files, "half a commit"
    assert set(acknowledged) <= files
    for name, body in random.sample(sorted(acknowledged.items()), min(10, len(acknowledged))):
        assert (
            Path(api.hf_hub_download("ada/survivor", name, cache_dir=tmp_path / "cache")).read_bytes() == body
        )
    assert len(acknowledged) >= 4
    every_repo_is_whole(hub)
    hub.stop()


def test_a_push_and_an_upload_that_were_cut_can_simply_be_sent_again(tmp_path: Path) -> None:
    hub = own_hub(tmp_path)
    api = HfApi(endpoint=hub.url, token=hub.tokens["ada"])
    api.create_repo("ada/cut")
    big = tmp_path / "big.bin"
    big.write_bytes(os.urandom(60 << 20))
    ada = GitUser(hub, tmp_path / "home")
    ada.git("clone", ada.url("ada/cut"), "work")
    work = ada.home / "work"
    for i in range(300):
        (work / f"{i}.txt").write_bytes(os.urandom(20_000).hex().encode())
    ada.git("add", ".", folder=work)
    ada.git("commit", "-m", "Many", folder=work)
    environ = client_environ(hub, tmp_path / "client")
    for delay_s in (0.3, 0.8, 1.5):
        push = subprocess.Popen(
            ["git", "push", "origin", "main"], cwd=work, env=ada._environ(), stderr=subprocess.DEVNULL
        )
        send = subprocess.Popen(
            [sys.executable, str(PROGRAMS / "upload_one.py"), str(big), "ada/cut"],
            env=environ,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay_s)
        hub.kill()
        push.kill()
        send.kill()
        push.wait()
        send.wait()
        hub.start()
        every_repo_is_whole(hub)
        for name in api.list_repo_files("ada/cut"):
            assert api.get_paths_info("ada/cut", [name])
    ada.git("pull", "--rebase", "origin", "main", folder=work)
    ada.git("push", "origin", "main", folder=work)
    api.upload_file(path_or_fileobj=big, path_in_repo="big.bin", repo_id="ada/cut")
    assert (
        Path(api.hf_hub_download("ada/cut", "big.bin", cache_dir=tmp_path / "cache")).read_bytes()
        == big.read_bytes()
    )
    assert "299.txt" in api.list_repo_files("ada/cut")
    hub.stop()
