"""Requests a second, latency and CPU of the calls clients make most."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi

from tests.bench.load import Load, load
from tests.bench.measure import hf, row, title
from tests.support.running import RunningHub

REPO = "ada/bench-api"
WIDE_REPO = "ada/bench-api-wide"
CALLS = {
    "GET /health (floor)": ("GET", "/health"),
    "model info": ("GET", f"/api/models/{REPO}"),
    "tree of 100 files": ("GET", f"/api/models/{REPO}/tree/main"),
    "tree of 1,000 files": ("GET", f"/api/models/{WIDE_REPO}/tree/main"),
    "HEAD resolve, small file": ("HEAD", f"/{REPO}/resolve/main/f050.txt"),
    "HEAD resolve, LFS file": ("HEAD", f"/{REPO}/resolve/main/large.bin"),
}


def bench(hub: RunningHub, folder: Path) -> None:
    api = HfApi(endpoint=hub.url, token=hub.tokens["ada"])
    _fill(hub, api, folder)
    title("API with a token, one worker")
    for name, (method, path) in CALLS.items():
        alone, together = _load(hub, method, path, 1), _load(hub, method, path, 32)
        row(
            name,
            f"p50 {alone.median_ms:.2f} ms",
            f"{together.per_second:,.0f} requests/s at 32",
            f"{together.cpu_ms:.3f} CPU ms each; aims: p50 < 3 ms, >= 2,000/s, CPU < 0.4 ms",
        )
    row(
        "small commit through the stock client",
        f"p50 {statistics.median(_commit_ms(api, number) for number in range(15)):.1f} ms",
        "preupload + commit",
        "aim < 25 ms for the commit alone",
    )


def _fill(hub: RunningHub, api: HfApi, folder: Path) -> None:
    api.create_repo(REPO)
    files = [CommitOperationAdd(f"f{i:03d}.txt", b"x" * i) for i in range(98)]
    card = CommitOperationAdd("README.md", b"---\nlicense: mit\n---\n# x\n")
    api.create_commit(REPO, [*files, card], commit_message="files")
    api.create_repo(WIDE_REPO)
    wide = [CommitOperationAdd(f"f{i:04d}.txt", b"x" * (i % 50)) for i in range(999)]
    api.create_commit(WIDE_REPO, wide, commit_message="files")
    large = folder / "large.bin"
    large.write_bytes(os.urandom(1 << 20))
    hf(hub, folder / "home", "upload", REPO, str(large), "large.bin", "--quiet", xet=False)


def _load(hub: RunningHub, method: str, path: str, clients: int) -> Load:
    assert hub.process is not None
    headers = {"Authorization": f"Bearer {hub.tokens['ada']}"}
    return load(hub.port, method, path, headers, clients=clients, seconds=2.5, pid=hub.process.pid)


def _commit_ms(api: HfApi, number: int) -> float:
    began = time.perf_counter()
    operation = CommitOperationAdd("small.txt", str(number).encode())
    api.create_commit(REPO, [operation], commit_message="small")
    return (time.perf_counter() - began) * 1000
