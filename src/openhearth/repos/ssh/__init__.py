"""git over SSH: the same repos, rights and rules as over HTTP, signed in with a key. See README.md of the room."""

from openhearth.repos.ssh.commands import Commands
from openhearth.repos.ssh.door import Keys, SshDoor

__all__ = ["Commands", "Keys", "SshDoor"]
