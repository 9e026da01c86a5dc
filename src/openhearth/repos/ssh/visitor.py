"""One connection to the SSH door, as asyncssh asks about it; and the key by which the hub is known."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path
from typing import Any

import asyncssh

from openhearth.errors import HubError
from openhearth.repos.ssh.door import Keys

USER = "git"
_OFFERED_MOST = 10  # keys of one connection: an agent may hold some, a guesser many
_HOST_KEY = "host_ed25519"


class Visitor(asyncssh.SSHServer):
    """`fingerprint` is that of the key which opened the door."""

    def __init__(self, keys: Keys, *, is_full: bool) -> None:
        self._keys = keys
        self._is_full = is_full
        self._connection: Any = None
        self._address = ""
        self._offered = 0
        self._is_barred = False
        self._is_in = False
        self.fingerprint = ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        peer = conn.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        conn.set_extra_info(visitor=self)
        if self._is_full:
            conn.abort()

    def leave(self) -> None:
        if self._connection is not None:
            self._connection.abort()

    async def begin_auth(self, username: str) -> bool:
        if username != USER:
            self._bar(f"Sign in as {USER}, with a key from your settings: ssh {USER}@…")
            return True
        try:
            await asyncio.to_thread(self._keys.check_rate, self._address)
        except HubError as error:
            self._bar(error.message)
        return True

    def _bar(self, sentence: str) -> None:
        """Say why, and let no key open the door."""
        self._connection.send_auth_banner(f"{sentence}\r\n")
        self._is_barred = True

    def public_key_auth_supported(self) -> bool:
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Asked twice for the key that opens the door: whether it might, and with its signature."""
        self._offered += 1
        if self._is_barred or self._offered > _OFFERED_MOST:
            return False
        fingerprint = key.get_fingerprint()
        if not await asyncio.to_thread(self._keys.list_owners, [fingerprint]):
            return False
        self.fingerprint = fingerprint
        return True

    async def auth_completed(self) -> None:
        self._is_in = True
        await asyncio.to_thread(self._keys.note_success, self._address)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._offered and not self._is_in and not self._is_barred:
            asyncio.get_running_loop().run_in_executor(None, self._keys.note_failure, self._address)


def read_host_key(folder: Path) -> asyncssh.SSHKey:
    """The hub's own key, made on first start; readable by its owner alone."""
    path = folder / _HOST_KEY
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f"{_HOST_KEY}.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        with contextlib.suppress(FileExistsError):  # two workers that start at once agree on one key
            path.hardlink_to(fresh)
        fresh.unlink()
    return asyncssh.read_private_key(path)
