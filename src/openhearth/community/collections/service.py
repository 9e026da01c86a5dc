"""The part's one object: its verbs in groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from openhearth.accounts import Accounts
from openhearth.community.collections.catalogue import Catalogue
from openhearth.community.collections.items import Items
from openhearth.community.collections.records import ItemType, Things
from openhearth.community.collections.targets import Targets
from openhearth.db import Database
from openhearth.kit.clock import Clock
from openhearth.repos import Repos


@dataclass(frozen=True, kw_only=True)
class Collections:
    catalogue: Catalogue
    items: Items

    @classmethod
    def on(
        cls,
        db: Database,
        *,
        clock: Clock,
        accounts: Accounts,
        repos: Repos,
        things: Mapping[ItemType, Things],
    ) -> Self:
        targets = Targets(db=db, repos=repos, things=things)
        catalogue = Catalogue(db=db, clock=clock, accounts=accounts, targets=targets)
        return cls(catalogue=catalogue, items=Items(db=db, clock=clock, catalogue=catalogue, targets=targets))
