"""What a fetch may ask for: objects that a ref leads to, as git does not check by itself.

In protocol version 2 git hands out every object it has to whoever knows its id (gitprotocol-v2(5), `fetch`:
wants are not limited to advertised objects), also what a rewritten history left behind. Partial clones live on asking for
single blobs, so wants beyond the tips cannot be refused as such: they are looked for.
"""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path

from openhearth.storage.git.cli import git_command, git_environ
from openhearth.storage.git.pktline import packet

_WANT = b"want "


def find_unreachable(repository: Path, oids: Collection[str]) -> set[str]:
    """Those of `oids` that no ref leads to: a walk from all refs, as far as the last one found."""
    missing = set(oids)
    command = git_command("--git-dir", str(repository), "rev-list", "--objects", "--no-object-names", "--all")
    with subprocess.Popen(
        command,
        env=git_environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            missing.discard(line[:40].decode())
            if not missing:
                process.kill()
                break
    return missing


def error_packet(oid: str) -> bytes:
    """What git shows as `fatal: remote error: …`."""
    return packet(f"ERR want: no ref of this repo leads to {oid}; fetch a branch or a tag.\n".encode())


class WantReader:
    """Follows what a client says to upload-pack, packet by packet, and collects what it wants."""

    def __init__(self) -> None:
        self._rest = b""
        self.wants: list[str] = []

    def feed(self, block: bytes) -> Iterator[tuple[bytes, bool]]:
        """`block` in whole packets, each with whether it ends a section: then look at `wants` before passing it on."""
        content, place = self._rest + block, 0
        while place + 4 <= len(content):
            try:
                length = max(int(content[place : place + 4], 16), 4)
            except ValueError:  # no packets: git will say so itself
                length = len(content) - place
            if place + length > len(content):
                break
            if content[place + 4 : place + 9] == _WANT:
                self.wants.append(content[place + 9 : place + 49].decode("ascii", "replace"))
            yield content[place : place + length], content[place : place + 4] == b"0000"
            place += length
        self._rest = content[place:]

    def take(self) -> list[str]:
        """What was wanted since the last time."""
        wants, self.wants = self.wants, []
        return wants
