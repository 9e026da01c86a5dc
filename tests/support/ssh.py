"""Real ssh and git over it, as a person with a key pair of their own would use them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.clients import client_environ, refused, run
from tests.support.running import RunningHub


@dataclass
class SshUser:
    """A person at their own machine: a key pair in an empty home, known to the hub or not."""

    hub: RunningHub
    home: Path
    who: str = "ada"
    is_known: bool = True

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if not self.key.exists():
            self.key.parent.mkdir(exist_ok=True)
            run(
                [
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-C",
                    f"{self.who}@laptop",
                    "-f",
                    str(self.key),
                ],
                self.home,
                dict(os.environ),
            )
            if self.is_known:
                self.hub.command("admin", "key", "add", self.who, f"{self.key}.pub")
        for name, value in (
            ("user.name", self.who),
            ("user.email", f"{self.who}@example.org"),
            ("init.defaultBranch", "main"),
            ("protocol.version", "2"),
        ):
            self.git("config", "--global", name, value)

    @property
    def key(self) -> Path:
        """One pair for each person of a hub; the hub knows it from its first use on."""
        name = self.who if self.is_known else f"unknown-{self.who}"
        return self.hub.data.parent / "keys" / name

    @property
    def ssh_command(self) -> str:
        return (
            f"ssh -F /dev/null -i {self.key} -o IdentitiesOnly=yes -o BatchMode=yes "
            f"-o StrictHostKeyChecking=accept-new -o UserKnownHostsFile={self.home}/known_hosts"
        )

    def url(self, repo: str) -> str:
        return f"ssh://git@127.0.0.1:{self.hub.ssh_port}/{repo}"

    def ssh(self, *arguments: str, user: str = "git") -> subprocess.CompletedProcess[str]:
        command = [*self.ssh_command.split(), "-p", str(self.hub.ssh_port), f"{user}@127.0.0.1", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL
        )

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        return run(["git", *arguments], folder or self.home, self.environ())

    def refused(self, *arguments: str, folder: Path | None = None) -> str:
        return refused(["git", *arguments], folder or self.home, self.environ())

    def environ(self) -> dict[str, str]:
        # Without a token: the key alone opens the door.
        return {
            **client_environ(self.hub, self.home, "nobody"),
            "GIT_SSH_COMMAND": f"{self.ssh_command} -o LogLevel=ERROR",
        }
