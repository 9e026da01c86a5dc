"""A store on an empty folder, one repo in it, and the system's git as the oracle."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openhearth.storage.git import Change, GitStore, PutFile

KEY = "0123456789abcdef01234567"
WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@dataclass
class OneRepo:
    """One repo of a store, spoken to in short."""

    store: GitStore
    key: str = KEY

    @property
    def path(self) -> Path:
        return self.store.path(self.key)

    def write(self, *changes: Change, parent: str | None = None, message: str = "change") -> str:
        return self.store.write_commit(
            self.key,
            parent=parent,
            changes=changes,
            message=message,
            author_name="Ada",
            author_email="ada@example.org",
            date=WHEN,
        )

    def put(self, parent: str | None, **files: bytes) -> str:
        return self.write(*(PutFile(name, content) for name, content in files.items()), parent=parent)

    def commit(self, *changes: Change, branch: str = "main", message: str = "change") -> str:
        """Write a commit on top of a branch and move the branch."""
        ref = f"refs/heads/{branch}"
        head = self.store.find_ref(self.key, ref)
        commit = self.write(*changes, parent=head, message=message)
        self.store.update_ref(self.key, ref, commit, expected=head)
        return commit

    def git(self, *arguments: str) -> str:
        return self.git_bytes(*arguments).decode()

    def git_bytes(self, *arguments: str) -> bytes:
        done = subprocess.run(
            ["git", "-c", "safe.directory=*", "--git-dir", str(self.path), *arguments],
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def check(self) -> None:
        """Let git find fault with the repo."""
        complaints = self.git("fsck", "--full", "--strict", "--no-dangling")
        assert complaints == ""


@pytest.fixture
def store(tmp_path: Path) -> GitStore:
    return GitStore(tmp_path / "git")


@pytest.fixture
def repo(store: GitStore) -> Iterator[OneRepo]:
    store.create(KEY)
    yield OneRepo(store)
