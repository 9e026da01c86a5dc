"""Real git, as a person with an empty home would use it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.support.clients import client_environ, refused, run
from tests.support.running import RunningHub


@dataclass
class GitUser:
    """A person's git, with their token in the address as the manual of every hub shows it."""

    hub: RunningHub
    home: Path
    who: str = "ada"

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.git("config", "--global", "user.name", self.who)
        self.git("config", "--global", "user.email", f"{self.who}@example.org")
        self.git("config", "--global", "init.defaultBranch", "main")
        self.git("config", "--global", "protocol.version", "2")

    def url(self, repo: str) -> str:
        if self.who == "nobody":
            return f"{self.hub.url}/{repo}"
        return f"http://{self.who.split('-')[0]}:{self.hub.tokens[self.who]}@127.0.0.1:{self.hub.port}/{repo}"

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        return run(["git", *arguments], folder or self.home, self._environ())

    def refused(self, *arguments: str, folder: Path | None = None) -> str:
        return refused(["git", *arguments], folder or self.home, self._environ())

    def _environ(self) -> dict[str, str]:
        return client_environ(self.hub, self.home, self.who)
