"""The room's one object: its verbs in two groups."""

from dataclasses import dataclass
from typing import Self

from openhearth.access import Actor
from openhearth.buckets.batch import Admit
from openhearth.buckets.catalogue import Catalogue, Namespaces
from openhearth.buckets.contents import Contents
from openhearth.buckets.sources import Sources
from openhearth.db import Database
from openhearth.events import Events
from openhearth.kit.clock import Clock
from openhearth.kit.names import split_bucket_id
from openhearth.repos.doors import GitDoor
from openhearth.storage.xet import XetStore
from openhearth.urls import Urls


@dataclass(frozen=True, kw_only=True)
class Buckets:
    catalogue: Catalogue
    contents: Contents

    @classmethod
    def on(
        cls,
        db: Database,
        *,
        xet: XetStore,
        clock: Clock,
        urls: Urls,
        namespaces: Namespaces,
        repos: GitDoor,
        admit: Admit,
        events: Events,
    ) -> Self:
        """The room's services on one database and one chunk store; `repos` are what may be copied from.

        `admit` raises if a namespace has no room for so many bytes.
        """
        catalogue = Catalogue(db=db, xet=xet, clock=clock, urls=urls, namespaces=namespaces, events=events)
        sources = Sources(catalogue=catalogue, repos=repos)
        return cls(
            catalogue=catalogue, contents=Contents(db=db, xet=xet, clock=clock, sources=sources, admit=admit)
        )

    def move(self, actor: Actor, from_id: str, to_id: str) -> tuple[str, str]:
        """Move a bucket by its id, for the route that moves repos too; gives its url and its new id."""
        old, new = split_bucket_id(from_id, field="fromRepo"), split_bucket_id(to_id, field="toRepo")
        bucket = self.catalogue.move(actor, old, new)
        return self.catalogue.url(bucket.ref), bucket.id
