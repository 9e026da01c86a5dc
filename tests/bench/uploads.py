"""Uploads: Xet and LFS against sha256 of the same file, and what a second version adds."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx2 as httpx
from huggingface_hub import HfApi

from tests.bench.measure import MIB, ROUNDS, Figure, compare, cpu_of, hf, random_file, row, title
from tests.support.running import RunningHub

SIZE_BYTES = 256 * MIB
# A repo that holds a content in one way refuses it in the other.
XET_REPO, LFS_REPO = "ada/bench-upload", "ada/bench-put"
ANCHOR = "sha256 in memory"


def bench(hub: RunningHub, folder: Path) -> None:
    assert hub.process is not None
    api = HfApi(endpoint=hub.url, token=hub.tokens["ada"])
    for name in (XET_REPO, LFS_REPO):
        api.create_repo(name)
    title("Upload and download of 256 MiB with the stock client, against sha256 of the file")
    file = folder / "round.bin"
    figures: dict[str, Figure] = {}
    for number in range(ROUNDS + 1):  # the first warms up
        random_file(file, SIZE_BYTES)  # new content each time: nothing to deduplicate against
        contenders: dict[str, Callable[[], object]] = {
            ANCHOR: partial(_sha256, file),
            "xet upload": partial(hf, hub, folder / f"up{number}", "upload", XET_REPO, str(file), "x.bin"),
            "xet download": partial(hf, hub, folder / f"down{number}", "download", XET_REPO, "x.bin"),
            "lfs PUT (raw)": partial(_lfs_put, hub, file, _sha256(file)),
        }
        for name, call in contenders.items():
            _measure(figures.setdefault(name, Figure(name)), call, hub.process.pid)
        shutil.rmtree(folder / f"down{number}")
    for figure in figures.values():
        figure.walls_s, figure.cpus_s = figure.walls_s[1:], figure.cpus_s[1:]
    figures[ANCHOR].cpus_s.clear()  # it ran here, not in the hub
    put_cpu_s = figures["lfs PUT (raw)"].cpu_s
    compare(
        figures,
        ANCHOR,
        SIZE_BYTES,
        {
            "xet upload": f"with the client's own start; CPU {figures['xet upload'].cpu_s / put_cpu_s:.2f}x of PUT, aim <= 1x",
            "lfs PUT (raw)": "with fsync; aim >= 0.6x",
        },
    )


def _measure(figure: Figure, call: Callable[[], object], pid: int) -> None:
    cpu, began = cpu_of(pid), time.perf_counter()
    call()
    figure.walls_s.append(time.perf_counter() - began)
    figure.cpus_s.append(cpu_of(pid) - cpu)


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _lfs_put(hub: RunningHub, file: Path, oid: str) -> None:
    """One PUT of the bytes to the address that the LFS batch names; the digest is computed by the server alone."""
    headers = {"authorization": f"Bearer {hub.tokens['ada']}"}
    batch = {
        "operation": "upload",
        "transfers": ["basic"],
        "objects": [{"oid": oid, "size": file.stat().st_size}],
    }
    answer = httpx.post(
        f"{hub.url}/{LFS_REPO}.git/info/lfs/objects/batch", json=batch, headers=headers
    ).json()["objects"][0]
    target = answer["actions"]["upload"]["href"]
    subprocess.run(["curl", "-sSf", "-o", "/dev/null", "-T", str(file), target], check=True)


def bench_dedup(hub: RunningHub, folder: Path) -> None:
    """A second version from a machine that never saw the first."""
    title("Bytes a second version adds (200 MiB file, fresh client each time)")
    HfApi(endpoint=hub.url, token=hub.tokens["ada"]).create_repo("ada/bench-dedup")
    content = bytearray(os.urandom(200 * MIB))
    file = folder / "dedup.bin"
    middle = len(content) // 2
    versions = ("first version", "1 MiB changed", "1 MiB inserted", "identical again")
    for number, version in enumerate(versions):
        if number == 1:
            content[middle : middle + MIB] = os.urandom(MIB)
        if number == 2:
            content[middle:middle] = os.urandom(MIB)
        file.write_bytes(content)
        before = _stored(hub)
        hf(hub, folder / f"dedup{number}", "upload", "ada/bench-dedup", str(file), "w.bin", "--quiet")
        added = _stored(hub) - before
        row(
            version,
            f"{added / MIB:,.2f} MiB",
            f"{added / len(content):.2%} of the file",
            "aim <= 0.6 % for an edit" if number in (1, 2) else "",
        )


def _stored(hub: RunningHub) -> int:
    return sum(
        path.stat().st_size
        for path in (hub.data / "xet").rglob("*")
        if path.is_file() and path.suffix != ".idx"
    )
