"""A private PostgreSQL server: on a Unix socket in a folder of its own, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

_INSTALLED = Path("/usr/lib/postgresql")  # where Debian keeps them, by version and off the PATH


def _programs() -> Path:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(_INSTALLED.glob("*/bin"), key=lambda folder: float(folder.parent.name))
    assert found, "PostgreSQL is missing: install the Debian package `postgresql`, or put initdb on the PATH."
    return found[-1]


@dataclass
class PostgresServer:
    """Databases are copies of one that was migrated once: a new one takes a moment."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pg-")))
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def start(self) -> PostgresServer:
        if os.getuid() == 0:  # the server refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        # The order of texts is a language's, as on most servers, and not that of their bytes as in SQLite.
        self.run("initdb", "-D", "rows", "-U", "openhearth", "-A", "trust", "-E", "UTF8", "--no-sync",
                  "--locale=C", "--locale-provider=icu", "--icu-locale=en")  # fmt: skip
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [_programs() / "postgres", "-D", "rows", "-k", str(self.folder), "-c", "listen_addresses=",
                 "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB"],
                stdout=log, stderr=subprocess.STDOUT, **self._as_somebody,
            )  # fmt: skip
        self._await_answer()
        return self

    def new_url(self) -> str:
        """The address of a new, empty database."""
        return self._url_of(self._create("template0"))

    def new_hub_url(self) -> str:
        """The address of a new database with the tables of a hub."""
        return self._url_of(self._create(self._migrated))

    def drop(self, url: str) -> None:
        self._execute("DROP DATABASE {} WITH (FORCE)", url.partition("@/")[2].partition("?")[0])

    def run(self, program: str, *arguments: str) -> str:
        """Run one of the programs that come with the server, and return what it printed."""
        command = [str(_programs() / program), *arguments]
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command, capture_output=True, text=True, check=False, **self._as_somebody
        )
        assert done.returncode == 0, f"{program} failed: {done.stderr}{done.stdout}"
        return done.stdout

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)  # at once: nothing here is kept
            self.process.wait(30)
        shutil.rmtree(self.folder)

    @cached_property
    def _migrated(self) -> str:
        """A database to copy."""
        import openhearth.rooms  # noqa: F401  (every room's tables join the metadata by being imported)
        from openhearth.db import Database

        name = self._create("template0")
        database = Database(self._url_of(name))
        database.migrate()
        database.close()
        return name

    def _create(self, template: str) -> str:
        name = f"hub{next(self._numbers)}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(self._url_of("postgres"), autocommit=True) as rows:
            rows.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _url_of(self, name: str) -> str:
        return f"postgresql://openhearth@/{name}?host={self.folder}"

    @property
    def _as_somebody(self) -> dict[str, Any]:
        options: dict[str, Any] = {"cwd": self.folder}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}
        return options

    def _await_answer(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            assert self.process is not None
            said = (self.folder / "log").read_text(errors="replace")
            assert self.process.poll() is None, f"PostgreSQL stopped while starting:\n{said}"
            try:
                psycopg.connect(self._url_of("postgres")).close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, f"PostgreSQL did not answer within 30 s:\n{said}"
                time.sleep(0.05)
            else:
                return
