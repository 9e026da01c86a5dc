"""Running unmodified clients: each in a process of its own, with nothing set but the variables a user would set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.running import RunningHub

PROGRAMS = Path(__file__).parents[1] / "clients" / "programs"


def client_environ(hub: RunningHub, home: Path, who: str = "ada", *, xet: bool = True) -> dict[str, str]:
    """The environment of a person at their own machine: an endpoint, a token, an empty cache."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "OPENHEARTH_", "HUGGING"))
    }
    environ.update(
        HF_ENDPOINT=hub.url, HF_HOME=str(home), HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_UPDATE_CHECK="1",
        HF_HUB_DISABLE_PROGRESS_BARS="1", HF_XET_CLIENT_RETRY_BASE_DELAY="200ms", TOKENIZERS_PARALLELISM="false",
        OMP_NUM_THREADS="1", GIT_TERMINAL_PROMPT="0", HOME=str(home), GIT_CONFIG_NOSYSTEM="1",
    )  # fmt: skip
    if who != "nobody":
        environ["HF_TOKEN"] = hub.tokens[who]
    if not xet:
        environ["HF_HUB_DISABLE_XET"] = "1"
    return environ


def run_program(
    name: str,
    hub: RunningHub,
    home: Path,
    *arguments: str,
    who: str = "ada",
    xet: bool = True,
    timeout_s: int = 240,
) -> str:
    """Run `programs/NAME.py` and return what it printed; its assertions are the test's."""
    home.mkdir(parents=True, exist_ok=True)
    return run(
        [sys.executable, str(PROGRAMS / f"{name}.py"), *arguments],
        home,
        client_environ(hub, home, who, xet=xet),
        timeout_s,
    )


def run(command: list[str], folder: Path, environ: dict[str, str], timeout_s: int = 240) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=timeout_s, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
    return done.stdout


def refused(command: list[str], folder: Path, environ: dict[str, str], timeout_s: int = 240) -> str:
    """Run a command that must fail, and return what it said."""
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=timeout_s, check=False
    )
    assert done.returncode != 0, (
        f"{' '.join(command)} was not refused:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    )
    return done.stdout + done.stderr
