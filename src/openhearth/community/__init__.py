"""Community: what people do with each other's work. Each part is a small room of its own; see README.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openhearth.accounts import Accounts
from openhearth.community import collections, discussions, follows, notifications
from openhearth.community.collections import Collections, ItemType, Things
from openhearth.community.discussions import Discussions
from openhearth.community.follows import Follows
from openhearth.community.notifications import Notifications
from openhearth.community.overviews import Overviews
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

__all__ = ["Community", "build"]


@dataclass(frozen=True, kw_only=True)
class Community:
    """The parts and their rooms."""

    collections: Collections
    discussions: Discussions
    follows: Follows
    notifications: Notifications
    overviews: Overviews
    rooms: Sequence[Room]


def build(
    ground: Ground, *, accounts: Accounts, repos: Repos, things: Mapping[ItemType, Things] | None = None
) -> Community:
    """The parts on `ground`. `things` says who holds papers and buckets, for collections."""
    collections_room = collections.build(ground, accounts=accounts, repos=repos, things=things)
    discussions_room = discussions.build(ground, repos=repos, people=accounts)
    follows_room = follows.build(ground, accounts=accounts)
    notifications_room = notifications.build(
        ground, accounts=accounts, repos=repos, find_mentions=discussions.find_mentions
    )
    return Community(
        collections=collections_room.service,
        discussions=discussions_room.service,
        follows=follows_room.service,
        notifications=notifications_room.service,
        overviews=Overviews(
            repos=repos,
            discussions=discussions_room.service,
            follows=follows_room.service,
            collections=collections_room.service,
        ),
        rooms=[collections_room, discussions_room, follows_room, notifications_room],
    )
