"""Plain downloads against nginx and against the disk; whole and in ranges; one client and eight."""

from __future__ import annotations

import shutil
import subprocess
from functools import partial
from pathlib import Path

from huggingface_hub import HfApi

from tests.bench.measure import MIB, compare, curl, hf, interleaved, random_file, row, title
from tests.support.running import RunningHub, free_port

SIZE_BYTES = 512 * MIB
# A repo holds a content in one way only, so that each way has its own.
REPOS = {"ada/bench-whole": False, "ada/bench-chunks": True}


def bench(hub: RunningHub, folder: Path) -> None:
    if shutil.which("nginx") is None:
        row("downloads", "not measured", "", "nginx is not installed")
        return
    file = random_file(folder / "large.bin", SIZE_BYTES)
    for name, xet in REPOS.items():
        HfApi(endpoint=hub.url, token=hub.tokens["ada"]).create_repo(name)
        hf(hub, folder / "home", "upload", name, str(file), "large.bin", "--quiet", xet=xet)
    port, nginx = _start_nginx(folder)
    try:
        _measure(hub, port, nginx.pid, file)
    finally:
        nginx.terminate()
        nginx.wait()


def _measure(hub: RunningHub, port: int, nginx_pid: int, file: Path) -> None:
    assert hub.process is not None
    peer = f"http://127.0.0.1:{port}/large.bin"
    whole, xet = (f"{hub.url}/{name}/resolve/main/large.bin" for name in REPOS)
    pids: dict[str, int | None] = {
        "nginx": nginx_pid,
        "whole object": hub.process.pid,
        "xet file as a stream": hub.process.pid,
    }
    for clients, aim in ((1, ">= 0.85x"), (8, ">= 0.95x")):
        title(f"Download of 512 MiB, {clients} client(s)")
        figures = interleaved(
            {
                "nginx": partial(curl, peer, parallel=clients),
                "whole object": partial(curl, whole, parallel=clients),
                **({"xet file as a stream": partial(curl, xet)} if clients == 1 else {}),
            },
            pids,
        )
        if clients == 1:
            figures["cat file"] = interleaved(
                {"cat file": lambda: subprocess.run(["cp", str(file), "/dev/null"], check=True)}
            )["cat file"]
        compare(
            figures,
            "nginx",
            SIZE_BYTES * clients,
            {
                "whole object": f"aim {aim}, CPU <= 1.5x",
                "xet file as a stream": "aim >= 0.6x of the whole object",
            },
        )
    title("Ranges of 4 MiB, 8 clients, 8 ranges each")
    figures = interleaved(
        {"nginx": lambda: _ranges(peer), "whole object": lambda: _ranges(whole)},
        pids,
    )
    compare(figures, "nginx", 4 * MIB * 64, {"whole object": "aim >= 0.9x"})


def _ranges(url: str) -> None:
    """Eight processes, each reading eight ranges over one connection."""
    command = ["curl", "-sSf"]
    for number in range(8):
        start = number * (SIZE_BYTES // 8) + 1000
        command += [
            *(["--next", "-sSf"] if number else []),
            "-o",
            "/dev/null",
            "-r",
            f"{start}-{start + 4 * MIB - 1}",
            url,
        ]
    processes = [subprocess.Popen(command) for _ in range(8)]
    assert all(process.wait() == 0 for process in processes)


def _start_nginx(folder: Path) -> tuple[int, subprocess.Popen[bytes]]:
    port = free_port()
    user = "user root;" if folder.owner() == "root" else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        "events { worker_connections 512; }\n"
        f"http {{ access_log off; sendfile on; tcp_nodelay on; server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
    )
    process = subprocess.Popen(
        ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL
    )
    for _ in range(100):
        if (
            subprocess.run(
                ["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{port}/"], check=False
            ).returncode
            == 0
        ):
            break
    return port, process
