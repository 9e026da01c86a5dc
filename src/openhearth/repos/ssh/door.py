"""The SSH door: who may come in. Only keys open it; what is asked inside is answered by `commands.py`.

Runs in the server's own event loop. No passwords, no terminals, no forwarding, no files but through git. asyncssh speaks the
protocol and is loaded only where the door is open.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakSet

from openhearth.access import Actor
from openhearth.errors import HubError, Invalid
from openhearth.repos.ssh.commands import Commands

if TYPE_CHECKING:
    import asyncssh

    from openhearth.repos.ssh.visitor import Visitor

log = logging.getLogger(__name__)

_LOGIN_TIMEOUT_S = 30
_CONNECTIONS_MOST = 200


class Keys(Protocol):
    """What the door needs to know of SSH keys."""

    def find_actor(self, fingerprint: str) -> Actor | None:
        """Whom the key with this fingerprint signs in. Notes the use."""
        ...

    def list_owners(self, fingerprints: Collection[str]) -> Mapping[str, str]:
        """Fingerprint → name of whoever added that key here."""
        ...

    def check_rate(self, address: str) -> None:
        """Raises while `address` has to wait after failures."""
        ...

    def note_failure(self, address: str) -> None: ...

    def note_success(self, address: str) -> None: ...


class SshDoor:
    def __init__(
        self, *, host: str, port: int, shares_port: bool, folder: Path, keys: Keys, commands: Commands
    ) -> None:
        """`folder` holds the host key. A `port` of 0 keeps the door closed."""
        self._host = host
        self._port = port
        self._shares_port = shares_port
        self._folder = folder
        self._keys = keys
        self._commands = commands
        self._open: WeakSet[Visitor] = WeakSet()
        self._listening: asyncio.Task[Any] | None = None
        self._acceptor: asyncssh.SSHAcceptor | None = None

    def start(self) -> None:
        """Take the port at once and listen soon. Raises Invalid if it is taken."""
        if self._port:
            self._listening = asyncio.get_running_loop().create_task(self._listen(self._bind()))

    def stop(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
        elif self._listening is not None:
            self._listening.cancel()
        for visitor in list(self._open):
            visitor.leave()
        self._commands.close()

    def _bind(self) -> socket.socket:
        bound = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self._shares_port:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            bound.bind((self._host, self._port))
        except OSError as error:
            bound.close()
            raise Invalid(
                f"ssh_port: cannot listen on {self._host}:{self._port} ({error.strerror}); choose another port."
            ) from None
        return bound

    async def _listen(self, bound: socket.socket) -> None:
        # Loaded late: most hubs never open this door.
        import asyncssh

        from openhearth.repos.ssh.visitor import Visitor, read_host_key

        asyncssh.set_log_level("WARNING")  # it tells of every connection otherwise

        def greet() -> Visitor:
            visitor = Visitor(self._keys, is_full=len(self._open) >= _CONNECTIONS_MOST)
            self._open.add(visitor)
            return visitor

        self._acceptor = await asyncssh.listen(
            sock=bound, server_factory=greet, process_factory=self._carry_out,
            server_host_keys=[await asyncio.to_thread(read_host_key, self._folder)], server_version="Openhearth",
            encoding=None, allow_pty=False, line_editor=False, agent_forwarding=False, x11_forwarding=False,
            password_auth=False, kbdint_auth=False, host_based_auth=False, gss_host=None,
            login_timeout=_LOGIN_TIMEOUT_S, keepalive_interval=60, config=None,
        )  # fmt: skip

    async def _carry_out(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        visitor: Visitor = process.channel.get_extra_info("visitor")
        try:
            actor = await asyncio.to_thread(self._keys.find_actor, visitor.fingerprint)
            if actor is None:  # deleted while this connection lasted
                raise Invalid("This SSH key was deleted; add a new one in your settings.")
            status = await self._commands.carry_out(process, actor, visitor.fingerprint)
        except HubError as error:
            process.stderr.write(f"ERROR: {error.message}\n".encode())
            status = 1
        except (OSError, EOFError):  # the client went away
            process.channel.abort()
            return
        except Exception:  # one visitor's trouble is nobody else's; the log carries the trace
            log.exception("a command over SSH failed")
            process.stderr.write(b"ERROR: The hub failed on this command; its log has the details.\n")
            status = 1
        process.exit(status)
