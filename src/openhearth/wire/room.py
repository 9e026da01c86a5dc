"""What a room is built from and what it gives back. Rooms are assembled in `rooms.py`."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import BaseRoute

from openhearth.config import Settings
from openhearth.db import Database
from openhearth.events import Events, Subscribers
from openhearth.kit.clock import Clock
from openhearth.storage import Storage
from openhearth.urls import Urls
from openhearth.web import Web

Part = Callable[..., Any]


class Slots:
    """Places on pages that other rooms may fill: `repo.widget`, `repo.tabs`. Filled in `rooms.py`, read when a page renders."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Part]] = defaultdict(list)

    def fill(self, slots: Mapping[str, Part]) -> None:
        for name, part in slots.items():
            self._parts[name].append(part)

    def parts(self, name: str, *arguments: Any) -> list[Any]:
        """What each filler of `name` gives for `arguments`; those that have nothing to say are left out."""
        found = [part(*arguments) for part in self._parts[name]]
        return [part for part in found if part is not None]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What every room stands on."""

    settings: Settings
    db: Database
    events: Events
    urls: Urls
    web: Web
    clock: Clock
    storage: Storage
    slots: Slots = field(default_factory=Slots)
    secret: bytes  # 32 bytes of this installation, for HMAC


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a room offers to the building. `slots` are page parts that other rooms' pages leave room for.

    `on_start` and `on_stop` are called once each by the server process, in room order and in reverse.
    """

    name: str
    service: Any
    routes: Sequence[BaseRoute] = ()
    subscribes: Subscribers = field(default_factory=dict)
    slots: Mapping[str, Part] = field(default_factory=dict)
    on_start: Sequence[Callable[[], None]] = ()
    on_stop: Sequence[Callable[[], None]] = ()
