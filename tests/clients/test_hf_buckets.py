"""`hf buckets`, every command of it, both ways."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.support.clients import client_environ, refused, run
from tests.support.running import RunningHub

HF = str(Path(sys.executable).parent / "hf")


@pytest.mark.slow
def test_a_day_with_hf_buckets(running: RunningHub, tmp_path: Path) -> None:
    environ = client_environ(running, tmp_path)

    def hf(*arguments: str) -> str:
        return run([HF, *arguments], tmp_path, environ)

    assert (
        hf("buckets", "create", "cli-bucket", "--private", "--quiet").strip() == "hf://buckets/ada/cli-bucket"
    )
    assert "409" in refused([HF, "buckets", "create", "cli-bucket"], tmp_path, environ)
    hf("buckets", "create", "cli-bucket", "--exist-ok")
    info = json.loads(hf("buckets", "info", "ada/cli-bucket", "--format", "json"))
    assert (info["id"], info["private"]) == ("ada/cli-bucket", True)
    assert "ada/cli-bucket" in hf("buckets", "ls", "--quiet").split()

    folder = tmp_path / "data"
    content = os.urandom(300_000)
    for name, data in (("a.txt", b"a"), ("sub/b.bin", content), ("sub/deep/c.txt", b"c"), ("sub.txt", b"d")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    hf("buckets", "sync", str(folder), "hf://buckets/ada/cli-bucket", "--quiet")
    assert "Nothing to sync" in hf("buckets", "sync", str(folder), "hf://buckets/ada/cli-bucket")
    hf("buckets", "sync", "hf://buckets/ada/cli-bucket/sub", "back", "--quiet")
    assert (tmp_path / "back" / "b.bin").read_bytes() == content
    assert not (tmp_path / "back" / "sub.txt").exists()

    listed = hf("buckets", "ls", "ada/cli-bucket", "--quiet")
    assert listed.split() == ["a.txt", "sub.txt", "sub/"]
    assert hf("buckets", "ls", "ada/cli-bucket/sub", "-R", "--quiet").split() == [
        "sub/b.bin",
        "sub/deep/c.txt",
    ]
    assert "deep" in hf("buckets", "ls", "ada/cli-bucket", "-R", "--tree")

    hf("buckets", "cp", str(folder / "a.txt"), "hf://buckets/ada/cli-bucket/copies/")
    assert hf("buckets", "cp", "hf://buckets/ada/cli-bucket/copies/a.txt", "-") == "a"
    hf("buckets", "cp", "hf://buckets/ada/cli-bucket/sub/b.bin", "fetched.bin")
    assert (tmp_path / "fetched.bin").read_bytes() == content
    hf("buckets", "create", "cli-second")
    hf("buckets", "cp", "hf://buckets/ada/cli-bucket/sub/", "hf://buckets/ada/cli-second/")
    hf("cp", "hf://buckets/ada/cli-second/b.bin", "again.bin")
    assert (tmp_path / "again.bin").read_bytes() == content

    hf("buckets", "rm", "ada/cli-bucket/sub", "--recursive", "--yes")
    hf("buckets", "rm", "ada/cli-bucket/a.txt", "--yes")
    assert hf("buckets", "ls", "ada/cli-bucket", "-R", "--quiet").split() == ["copies/a.txt", "sub.txt"]
    (folder / "a.txt").unlink()
    hf("buckets", "sync", str(folder), "hf://buckets/ada/cli-bucket", "--delete", "--quiet")
    assert hf("buckets", "ls", "ada/cli-bucket", "-R", "--quiet").split() == [
        "sub.txt", "sub/b.bin", "sub/deep/c.txt",
    ]  # fmt: skip
    hf("buckets", "settings", "ada/cli-bucket", "--public")
    hf("buckets", "move", "ada/cli-bucket", "forge/cli-bucket")
    assert json.loads(hf("buckets", "info", "forge/cli-bucket", "--format", "json"))["private"] is False
    hf("buckets", "delete", "forge/cli-bucket", "--yes")
    assert "not found" in refused([HF, "buckets", "info", "forge/cli-bucket"], tmp_path, environ).lower()
    hf("buckets", "delete", "forge/cli-bucket", "--yes", "--missing-ok")
