"""Requests a second and latency of the calls clients make most."""

from __future__ import annotations

import http.client
import re
import shutil
import statistics
import subprocess
import time

from huggingface_hub import CommitOperationAdd, HfApi

from tests.bench.measure import row, title
from tests.support.running import RunningHub


def bench(hub: RunningHub) -> None:
    api = HfApi(endpoint=hub.url, token=hub.tokens["ada"])
    api.create_repo("ada/bench-api")
    files = [CommitOperationAdd(f"f{i:03d}.txt", b"x" * i) for i in range(100)]
    api.create_commit(
        "ada/bench-api",
        [*files, CommitOperationAdd("README.md", b"---\nlicense: mit\n---\n# x\n")],
        commit_message="files",
    )
    title("API: median at one client, requests a second at 32 (aims: p50 < 3 ms, >= 2,000/s)")
    paths = {
        "GET /health (floor)": ("GET", "/health"),
        "model info": ("GET", "/api/models/ada/bench-api"),
        "tree of 100 files": ("GET", "/api/models/ada/bench-api/tree/main"),
        "HEAD resolve": ("HEAD", "/ada/bench-api/resolve/main/f050.txt"),
    }
    for name, (method, path) in paths.items():
        row(
            name,
            f"p50 {_median_ms(hub, method, path):.2f} ms",
            f"{_requests_a_second(hub, method, path):,.0f} requests/s",
        )
    took = []
    for number in range(15):
        began = time.perf_counter()
        api.create_commit(
            "ada/bench-api", [CommitOperationAdd("small.txt", str(number).encode())], commit_message="small"
        )
        took.append((time.perf_counter() - began) * 1000)
    row(
        "small commit through the stock client",
        f"p50 {statistics.median(took):.1f} ms",
        "preupload + commit",
        "aim < 25 ms for the commit alone",
    )


def _median_ms(hub: RunningHub, method: str, path: str, count: int = 300) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port)
    headers = {"Authorization": f"Bearer {hub.tokens['ada']}"}
    took = []
    for _ in range(count):
        began = time.perf_counter()
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, (path, answer.status)
    connection.close()
    return statistics.median(took)


def _requests_a_second(hub: RunningHub, method: str, path: str) -> float:
    if shutil.which("wrk") is None:
        return float("nan")
    script = hub.data.parent / "method.lua"
    script.write_text(
        f'wrk.method = "{method}"\nwrk.headers["Authorization"] = "Bearer {hub.tokens["ada"]}"\n'
    )
    done = subprocess.run(
        ["wrk", "-t1", "-c32", "-d5s", "-s", str(script), hub.url + path],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found.group(1))
