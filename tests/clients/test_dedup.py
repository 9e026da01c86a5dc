"""What a second version costs on disk, from a machine that has never seen the first."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.clients import client_environ, run
from tests.support.running import RunningHub

SIZE_BYTES = 200 << 20
EDIT_BYTES = 1 << 20
MIDDLE = SIZE_BYTES // 2
MOST_ADDED_BYTES = SIZE_BYTES * 0.03


def changed_at(at: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:at] + os.urandom(EDIT_BYTES) + content[at + EDIT_BYTES :]


def inserted_at(at: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:at] + os.urandom(EDIT_BYTES) + content[at:]


EDITS: dict[str, Callable[[bytes], bytes]] = {
    "changed at the start": changed_at(0),
    "inserted near the start": inserted_at(1000),
    "changed in the middle": changed_at(MIDDLE),
    "inserted in the middle": inserted_at(MIDDLE),
    "appended": inserted_at(SIZE_BYTES),
    "cut off the start": lambda content: content[EDIT_BYTES:],
}


def stored_bytes(hub: RunningHub) -> int:
    """Everything on disk that holds large files, whichever way it came."""
    folders = [folder for folder in hub.data.iterdir() if folder.is_dir() and folder.name != "repos"]
    return sum(
        path.stat().st_size
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".idx"
    )


def upload(hub: RunningHub, content: bytes, home: Path) -> int:
    """Upload from a fresh HF_HOME; the bytes it added to the store."""
    home.mkdir()
    file = home / "weights.bin"
    file.write_bytes(content)
    before = stored_bytes(hub)
    run(
        ["hf", "upload", "ada/dedup", str(file), "weights.bin", "--quiet"],
        home,
        _with_path(client_environ(hub, home)),
    )
    file.unlink()
    return stored_bytes(hub) - before


def download(hub: RunningHub, home: Path, *, xet: bool) -> bytes:
    home.mkdir()
    copy = home / "copy"
    run(
        ["hf", "download", "ada/dedup", "weights.bin", "--local-dir", str(copy)],
        home,
        _with_path(client_environ(hub, home, xet=xet)),
    )
    content = (copy / "weights.bin").read_bytes()
    (copy / "weights.bin").unlink()
    return content


def _with_path(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "PATH": f"{Path(sys.executable).parent}:{environ['PATH']}"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_edited_version_adds_little_wherever_the_edit_is_and_an_identical_one_nothing(
    running: RunningHub, tmp_path: Path
) -> None:
    first = os.urandom(SIZE_BYTES)
    assert SIZE_BYTES < upload(running, first, tmp_path / "first") < SIZE_BYTES * 1.02
    for name, edit in EDITS.items():
        content = edit(first)
        added = upload(running, content, tmp_path / name)
        assert 0 < added < MOST_ADDED_BYTES, f"{name}: {added} bytes"
        assert upload(running, content, tmp_path / f"{name}, again") == 0
        for xet in (True, False):
            is_same = download(running, tmp_path / f"{name}, downloaded, xet {xet}", xet=xet) == content
            assert is_same, f"{name}, xet {xet}"
