"""Uploads: Xet and LFS against `sha256sum` of the same file, and what a second version adds."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx
from huggingface_hub import HfApi

from tests.bench.measure import MIB, Figure, compare, cpu_of, random_file, row, title
from tests.support.clients import client_environ, run
from tests.support.running import RunningHub

SIZE_BYTES = 256 * MIB
HF = str(Path(sys.executable).parent / "hf")


def bench(hub: RunningHub, folder: Path) -> None:
    assert hub.process is not None
    api = HfApi(endpoint=hub.url, token=hub.tokens["ada"])
    api.create_repo("ada/bench-upload")
    title("Upload and download of 256 MiB with the stock client, against sha256sum of the file")
    counter = iter(range(10_000))
    file = folder / "round.bin"

    def renew() -> None:
        """New content each time: nothing to deduplicate against."""
        random_file(file, SIZE_BYTES)

    figures: dict[str, Figure] = {}
    for _ in range(4):
        renew()
        number = next(counter)
        contenders = {
            "sha256sum": lambda: subprocess.run(
                ["sha256sum", str(file)], stdout=subprocess.DEVNULL, check=True
            ),
            "xet upload": lambda n=number: _hf(
                hub, folder / f"up{n}", "upload", "ada/bench-upload", str(file), "xet.bin", "--quiet"
            ),
            "xet download": lambda n=number: _hf(
                hub, folder / f"down{n}", "download", "ada/bench-upload", "xet.bin", "--quiet"
            ),
            "lfs PUT (raw)": lambda: _lfs_put(hub, file),
        }
        for name in contenders:
            figures.setdefault(name, Figure(name))
        _round(contenders, figures, hub.process.pid)
    for figure in figures.values():
        figure.walls_s, figure.cpus_s = figure.walls_s[1:], figure.cpus_s[1:]
    compare(
        figures,
        "sha256sum",
        SIZE_BYTES,
        {"xet upload": "includes the client's own start of about 0.7 s", "lfs PUT (raw)": "with fsync"},
    )


def _round(contenders: dict[str, object], figures: dict[str, Figure], pid: int) -> None:
    import time

    for name, call in contenders.items():
        assert callable(call)
        cpu, began = cpu_of(pid), time.perf_counter()
        call()
        figures[name].walls_s.append(time.perf_counter() - began)
        if name != "sha256sum":
            figures[name].cpus_s.append(cpu_of(pid) - cpu)


def _hf(hub: RunningHub, home: Path, *arguments: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    run([HF, *arguments], home, client_environ(hub, home), 600)


def _lfs_put(hub: RunningHub, file: Path) -> None:
    """One PUT of the bytes to the address that the LFS batch names; the digest is computed by the server alone."""
    with file.open("rb") as source:
        oid = hashlib.file_digest(source, "sha256").hexdigest()
    headers = {"authorization": f"Bearer {hub.tokens['ada']}"}
    batch = {
        "operation": "upload",
        "transfers": ["basic"],
        "objects": [{"oid": oid, "size": file.stat().st_size}],
    }
    answer = httpx.post(
        f"{hub.url}/ada/bench-upload.git/info/lfs/objects/batch", json=batch, headers=headers
    ).json()["objects"][0]
    if "actions" in answer:
        subprocess.run(["curl", "-sSf", "-T", str(file), answer["actions"]["upload"]["href"]], check=True)


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
            content[1000:1000] = os.urandom(MIB)
        file.write_bytes(content)
        before = _stored(hub)
        _hf(hub, folder / f"dedup{number}", "upload", "ada/bench-dedup", str(file), "w.bin", "--quiet")
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
