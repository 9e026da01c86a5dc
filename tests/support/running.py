"""A real hub in a process of its own, on a free port and an empty folder, with the permanent people of the tests.

ada owns, ben collaborates (member of ada's organisation `forge`), eve is a stranger; nobody has no account.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

PEOPLE = ("ada", "ben", "eve")
PASSWORD = "correct horse battery staple"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class RunningHub:
    data: Path
    port: int = field(default_factory=free_port)
    environ: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def ssh_port(self) -> int:
        return int(self.environ["OPENHEARTH_SSH_PORT"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.data.parent / f"{self.data.name}.log").read_text(errors="replace")

    def command(self, *arguments: str, stdin: str | None = None, timeout_s: int = 120) -> str:
        """Run `openhearth …` on this hub's data folder and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "openhearth", *arguments],
            env=self._environ(), input=stdin, capture_output=True, text=True, timeout=timeout_s, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"openhearth {' '.join(arguments)}: {done.stderr}{done.stdout}"
        return done.stdout.strip()

    def start(self) -> RunningHub:
        self.data.mkdir(parents=True, exist_ok=True)
        log = (self.data.parent / f"{self.data.name}.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "openhearth", "serve", "--port", str(self.port), "--data", str(self.data)],
            env=self._environ(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        log.close()
        self._await_health()
        return self

    def invite_people(self) -> RunningHub:
        for name in PEOPLE:
            self.command("admin", "user", "add", name, "--password-stdin", stdin=PASSWORD)
            self.tokens[name] = self.command("admin", "token", "add", name, "--role", "write")
        self.tokens["ada-read"] = self.command("admin", "token", "add", "ada", "--role", "read")
        self.command("admin", "org", "add", "forge", "--member", "ada:admin", "--member", "ben:write")
        self.command("admin", "org", "add", "starter", "--member", "ada:admin")
        return self

    def kill(self) -> None:
        """kill -9, as a power cut for the process would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def _environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "OPENHEARTH_DATA": str(self.data),
            "OPENHEARTH_RATE_LIMIT": "off",
            **self.environ,
        }

    def _await_health(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, f"the hub stopped while starting:\n{self.log}"
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the hub did not answer within 60 s:\n{self.log}")
