"""The part's one object: its verbs in groups."""

from dataclasses import dataclass

from openhearth.community.notifications.inbox import Inbox
from openhearth.community.notifications.listeners import Listeners
from openhearth.community.notifications.watching import Watching


@dataclass(frozen=True, kw_only=True)
class Notifications:
    inbox: Inbox
    watching: Watching
    listeners: Listeners
