"""Community: what people do with each other's work. Each part is a small room of its own; see README.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from openhearth.accounts import Accounts
from openhearth.community import discussions
from openhearth.community.discussions import Discussions
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

__all__ = ["Community", "build"]


@dataclass(frozen=True, kw_only=True)
class Community:
    """The parts and their rooms."""

    discussions: Discussions
    rooms: Sequence[Room]


def build(ground: Ground, *, accounts: Accounts, repos: Repos) -> Community:
    """The parts on `ground`."""
    discussions_room = discussions.build(ground, repos=repos, people=accounts)
    return Community(discussions=discussions_room.service, rooms=[discussions_room])
