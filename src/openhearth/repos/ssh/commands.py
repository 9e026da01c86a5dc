"""What can be asked over SSH: git's upload-pack and receive-pack, and git-lfs's way to its HTTP routes. Nothing else.

Fetches are a git process with its streams passed on; pushes take the one path of all pushes (`git_doors.Pushes`), which reads
the pack from a pipe while it arrives.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import shlex
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from openhearth.access import Action, Actor
from openhearth.errors import HubError, Invalid, Unsupported
from openhearth.kit.names import PAGE_PREFIXES, RepoRef, RepoType
from openhearth.repos.git_doors import GitRepos, MovedTo, Pushes, RepoHandle
from openhearth.repos.lfs_tickets import LIFETIME, Tickets
from openhearth.repos.ssh.wants import pass_fetch
from openhearth.storage.git import GitStore, git_command, git_environ
from openhearth.urls import Urls

if TYPE_CHECKING:
    import asyncssh

    Process = asyncssh.SSHServerProcess[bytes]

_BLOCK_BYTES = 256 << 10
_FETCHES_MOST = 8  # each is a git process that may use a core
_PUSHES_MOST = 8  # each holds a thread while its pack arrives
_IDLE_S = 600
_TYPE_OF: dict[str, RepoType] = {prefix.strip("/"): kind for kind, prefix in PAGE_PREFIXES.items() if prefix}


class Commands:
    def __init__(
        self, *, repos: GitRepos, git: GitStore, pushes: Pushes, tickets: Tickets, urls: Urls
    ) -> None:
        self._repos = repos
        self._git = git
        self._pushes = pushes
        self._tickets = tickets
        self._urls = urls
        self._fetches = asyncio.Semaphore(_FETCHES_MOST)
        self._pushers = ThreadPoolExecutor(_PUSHES_MOST, thread_name_prefix="ssh-push")

    def close(self) -> None:
        self._pushers.shutdown(wait=False, cancel_futures=True)

    async def carry_out(self, process: Process, actor: Actor, fingerprint: str) -> int:
        """The exit status of the command that `process` asks for. Raises HubError for what is refused."""
        if process.command is None:
            raise Greeting(
                f"Hi {actor.name}, you are signed in, but there is no shell here: this door is for git. "
                f"Try: git clone {self._urls.ssh(f'{actor.name}/my-model')}"
            )
        match _words(process.command):
            case ["git-upload-pack", path]:
                return await self._fetch(process, await self._find(process, actor, path, Action.READ))
            case ["git-receive-pack", path]:
                return await self._push(process, actor, await self._find(process, actor, path, Action.WRITE))
            case ["git-lfs-authenticate", path, ("upload" | "download") as operation, *_]:
                action = Action.WRITE if operation == "upload" else Action.READ
                handle = await self._find(process, actor, path, action)
                return self._authenticate(process, handle, fingerprint, operation)
            case ["git-lfs-transfer", *_]:  # git-lfs 3 asks for this first, then for the one above
                raise Unsupported(
                    "git-lfs-transfer is not offered here; git-lfs goes on over HTTP by itself."
                )
        raise Unsupported(
            f"Hi {actor.name}, {process.command[:80]!r} cannot be run here: this door is for git clone, fetch and push."
        )

    async def _find(self, process: Process, actor: Actor, path: str, action: Action) -> RepoHandle:
        """The repo at `path`, also after a move, which is told. Raises as `GitRepos.find_for_git`."""
        asked = read_address(path)
        found = await asyncio.to_thread(self._look_up, actor, asked, action)
        if isinstance(found, MovedTo):
            address = self._urls.ssh(self._urls.repo(found.ref).lstrip("/"))
            process.stderr.write(f"This repo has moved; run: git remote set-url origin {address}\n".encode())
            found = await asyncio.to_thread(self._look_up, actor, found.ref, action)
        if isinstance(found, MovedTo):
            raise Invalid("This repo was moved again just now; try again.")
        return found

    def _look_up(self, actor: Actor, ref: RepoRef, action: Action) -> RepoHandle | MovedTo:
        if action == Action.WRITE:
            return self._repos.find_to_push(actor, ref.type, ref.namespace, ref.name)
        return self._repos.find_for_git(actor, ref.type, ref.namespace, ref.name, action)

    async def _fetch(self, process: Process, handle: RepoHandle) -> int:
        protocol = str(process.env.get("GIT_PROTOCOL", ""))
        safe = protocol if len(protocol) < 200 and protocol.isprintable() else ""
        async with self._fetches:
            git = await asyncio.create_subprocess_exec(
                *git_command("upload-pack", f"--timeout={_IDLE_S}", str(self._git.path(handle.key))),
                env=git_environ({"GIT_PROTOCOL": safe}),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_BLOCK_BYTES,
            )
            try:
                check = self._git.find_unreachable
                return await pass_fetch(process, git, lambda oids: check(handle.key, oids))
            finally:  # also when the client went away
                with contextlib.suppress(ProcessLookupError):
                    git.kill()
                await git.wait()

    async def _push(self, process: Process, actor: Actor, handle: RepoHandle) -> int:
        process.stdout.write(await asyncio.to_thread(self._git.advertise_push, handle.key))
        ours, theirs = socket.socketpair()
        _, writer = await asyncio.open_connection(sock=ours)
        passing = asyncio.create_task(_pass_on(process.stdin, writer))
        try:
            receiving = asyncio.get_running_loop().run_in_executor(
                self._pushers, self._receive, actor, handle, theirs
            )
            process.stdout.write(await receiving)
            await process.stdout.drain()
        finally:
            passing.cancel()
            writer.close()
        return 0

    def _receive(self, actor: Actor, handle: RepoHandle, pipe: socket.socket) -> bytes:
        with io.FileIO(pipe.detach(), "rb") as body:
            return self._pushes.receive(actor, handle, body)

    def _authenticate(self, process: Process, handle: RepoHandle, fingerprint: str, operation: str) -> int:
        """Where git-lfs goes on over HTTP, and what opens the door there (git-lfs docs/api/server-discovery.md)."""
        answer = {
            "href": f"{self._urls.git(handle.ref)}.git/info/lfs",
            "header": {"Authorization": self._tickets.issue(fingerprint, handle.key, operation)},
            "expires_in": int(LIFETIME.total_seconds()),
        }
        process.stdout.write(json.dumps(answer).encode())
        return 0


class Greeting(HubError):
    """Somebody tried their key: it works, and there is nothing more to see."""


def read_address(path: str) -> RepoRef:
    """`ns/name`, `datasets/ns/name` or `spaces/ns/name`, perhaps with slashes around and `.git` behind."""
    parts = path.strip("/").removesuffix(".git").split("/")
    kind: RepoType = "model"
    if len(parts) == 3 and (parts[0] in _TYPE_OF or parts[0] == "models"):
        kind = _TYPE_OF.get(parts.pop(0), "model")
    if len(parts) != 2 or not all(parts):
        raise Invalid(
            f"Repository not found: {path[:200]!r} is no address; write ns/name or datasets/ns/name."
        )
    return RepoRef(kind, parts[0], parts[1])


def _words(command: str) -> list[str]:
    """The words of a command; `git upload-pack` counts as `git-upload-pack`. Raises Invalid."""
    try:
        words = shlex.split(command)
    except ValueError:
        raise Invalid(f"{command[:80]!r} cannot be read; use a git client.") from None
    return [f"git-{words[1]}", *words[2:]] if words[:1] == ["git"] and len(words) > 1 else words


async def _pass_on(source: Any, target: asyncio.StreamWriter) -> None:
    """Everything that `source` gives, as fast as `target` takes it."""
    with contextlib.suppress(ConnectionError):
        while block := await source.read(_BLOCK_BYTES):
            target.write(block)
            await target.drain()
        target.write_eof()
