"""What a second version costs on disk, from a machine that has never seen the first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.clients import client_environ, run
from tests.support.running import RunningHub

SIZE_BYTES = 200 << 20
EDIT_BYTES = 1 << 20


def stored_bytes(hub: RunningHub) -> int:
    """Everything on disk that holds large files, whichever way it came."""
    folders = [folder for folder in hub.data.iterdir() if folder.is_dir() and folder.name != "repos"]
    return sum(
        path.stat().st_size
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".idx"
    )


def upload(hub: RunningHub, file: Path, home: Path) -> int:
    """Upload from a fresh HF_HOME; the bytes it added to the store."""
    home.mkdir()
    before = stored_bytes(hub)
    run(
        ["hf", "upload", "ada/dedup", str(file), "weights.bin", "--quiet"],
        home,
        _with_path(client_environ(hub, home)),
    )
    return stored_bytes(hub) - before


def _with_path(environ: dict[str, str]) -> dict[str, str]:
    import sys

    return {**environ, "PATH": f"{Path(sys.executable).parent}:{environ['PATH']}"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_edited_version_adds_little_and_an_identical_one_nothing(
    running: RunningHub, tmp_path: Path
) -> None:
    content = bytearray(os.urandom(SIZE_BYTES))
    file = tmp_path / "weights.bin"
    file.write_bytes(content)
    first = upload(running, file, tmp_path / "home-1")
    assert SIZE_BYTES < first < SIZE_BYTES * 1.02

    middle = SIZE_BYTES // 2
    content[middle : middle + EDIT_BYTES] = os.urandom(EDIT_BYTES)
    file.write_bytes(content)
    assert 0 < upload(running, file, tmp_path / "home-2") < SIZE_BYTES * 0.03

    content[1000:1000] = os.urandom(EDIT_BYTES)
    file.write_bytes(content)
    assert 0 < upload(running, file, tmp_path / "home-3") < SIZE_BYTES * 0.03

    assert upload(running, file, tmp_path / "home-4") == 0
    copy = tmp_path / "copy"
    environ = _with_path(client_environ(running, tmp_path / "home-5"))
    run(["hf", "download", "ada/dedup", "weights.bin", "--local-dir", str(copy)], tmp_path, environ)
    assert (copy / "weights.bin").read_bytes() == bytes(content)
    plain = _with_path(client_environ(running, tmp_path / "home-6", xet=False))
    run(
        ["hf", "download", "ada/dedup", "weights.bin", "--local-dir", str(tmp_path / "plain")],
        tmp_path,
        plain,
    )
    assert (tmp_path / "plain" / "weights.bin").read_bytes() == bytes(content)
