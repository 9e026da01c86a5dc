"""Plays the scenarios against a hub and collects the verdicts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.compat.clients import CLIENTS, Client
from tests.support.clients import client_environ
from tests.support.running import RunningHub

SCENARIOS = Path(__file__).parent / "scenarios"
PROGRAMS = ("methods", "commands", "behaviours")
TIMEOUT_S = 280


@dataclass(frozen=True)
class Row:
    """The verdict on one method, command or behaviour; `trace` is where a failure happened."""

    name: str
    verdict: str
    sentence: str = ""
    trace: str = ""


Verdicts = Mapping[str, Row]


def play(client: Client, program: str, hub: RunningHub, home: Path) -> Verdicts:
    """Name → verdict. A program that ends early leaves its remaining rows missing: it is no verdict."""
    home.mkdir(parents=True)
    environ = client_environ(hub, home)
    found = home / "rows.jsonl"
    environ |= {
        "COMPAT_TOKENS": json.dumps(hub.tokens),
        "COMPAT_ROWS": str(found),
        "HF_HUB_DISABLE_EXPERIMENTAL_WARNING": "1",
    }
    environ.pop("PYTHONPATH", None)  # the scenarios know nothing of this repository
    done = subprocess.run(
        [client.python(), str(SCENARIOS / f"{program}.py")],
        cwd=home, env=environ, capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{program} of {client.version} broke off:\n{done.stderr[-4000:]}"
    rows = [json.loads(line) for line in found.read_text().splitlines()]
    return {row["name"]: Row(row["name"], row["verdict"], row["sentence"], row["trace"]) for row in rows}


Played = Mapping[str, Mapping[str, Verdicts]]


def play_all(hub: RunningHub, home: Path, clients: Sequence[Client] = CLIENTS) -> Played:
    """Program → version → verdicts; two at a time, as there are cores."""
    for client in clients:
        client.python()
    with ThreadPoolExecutor(2) as pool:
        running = {
            (program, client.version): pool.submit(play, client, program, hub, home / f"{program}-{client.version}")
            for program in PROGRAMS
            for client in clients
        }  # fmt: skip
        done = {place: future.result() for place, future in running.items()}
    return {
        program: {client.version: done[program, client.version] for client in clients} for program in PROGRAMS
    }
