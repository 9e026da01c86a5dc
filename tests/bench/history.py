"""Long histories and large folders: the last commit of 1,000 paths, and listing 100,000 files page by page."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from openhearth.kit.ids import new_id
from openhearth.storage.git import GitStore
from tests.bench.measure import MIB, row, title

COMMITS, PATHS, FILES, PAGE = 10_000, 1000, 100_000, 1000


def bench(folder: Path) -> None:
    title("History and listings, in process")
    _last_commits(folder / "history")
    _listing(folder / "listing")


def _last_commits(folder: Path) -> None:
    store, key = _filled(folder, _long_history())
    head = store.find_ref(key, "refs/heads/main") or ""
    paths = [f"data/{number:04}" for number in range(PATHS)]
    first = _timed(lambda: store.last_commits(key, head, paths))
    row(f"last commit of {PATHS:,} paths, {COMMITS:,} commits", f"{first:.2f} s", "the first time")
    again = GitStore(folder / "store")
    row("… after a restart", f"{_timed(lambda: again.last_commits(key, head, paths)):.3f} s", "", "aim < 1 s")
    git = ["git", "--git-dir", str(store.path(key)), "log", "--raw", "--format=%H", head, "--", "data"]
    anchor = _timed(lambda: subprocess.run(git, capture_output=True, check=True))
    row("git log --raw of the same folder", f"{anchor:.2f} s", f"first: {first / anchor:.1f}x of it")


def _listing(folder: Path) -> None:
    store, key = _filled(folder, _many_files())
    head = store.find_ref(key, "refs/heads/main") or ""
    memory, pages, after, slowest = psutil.Process().memory_info().rss, 0, None, 0.0
    while True:
        began = time.perf_counter()
        page = store.list_tree(key, head, recursive=True, after=after, limit=PAGE)
        slowest = max(slowest, time.perf_counter() - began)
        if not page:
            break
        pages, after = pages + 1, page[-1].path
    grown = (psutil.Process().memory_info().rss - memory) / MIB
    row(
        f"listing {FILES:,} files in {pages} pages", f"slowest {slowest * 1000:.0f} ms",
        f"{grown:.0f} MiB more memory", "aim: no more than the caches",
    )  # fmt: skip


def _filled(folder: Path, stream: Iterator[bytes]) -> tuple[GitStore, str]:
    store, key = GitStore(folder / "store"), new_id()
    store.create(key)
    command = ["git", "--git-dir", str(store.path(key)), "fast-import", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for piece in stream:
            process.stdin.write(piece)
    assert process.returncode == 0
    return store, key


def _long_history() -> Iterator[bytes]:
    """Most commits touch the same third of the files: the others were last changed by the first commit."""
    for number in range(COMMITS):
        yield b"commit refs/heads/main\nmark :%d\n" % (number + 1)
        yield b"committer ada <ada@x> %d +0000\ndata 4\nstep\n" % (1_600_000_000 + number * 60)
        yield b"from :%d\n" % number if number else b""
        touched = [(number * number * 31) % (PATHS // 3)] if number else range(PATHS)
        for path in touched:
            content = b"%d" % number
            yield b"M 100644 inline data/%04d\ndata %d\n%s\n" % (path, len(content), content)


def _many_files() -> Iterator[bytes]:
    yield b"commit refs/heads/main\ncommitter ada <ada@x> 1600000000 +0000\ndata 4\nfill\n"
    for number in range(FILES):
        content = b"%d" % number
        yield b"M 100644 inline d%03d/%05d\ndata %d\n%s\n" % (number % 200, number, len(content), content)


def _timed(call: object) -> float:
    assert callable(call)
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
