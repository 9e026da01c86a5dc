"""The room's one object: its verbs in groups, and the few questions that the git and LFS doors ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from openhearth.access import Actor
from openhearth.config import Settings
from openhearth.db import Database
from openhearth.events import Events
from openhearth.kit.clock import Clock
from openhearth.kit.names import REPO_TYPES
from openhearth.repos.catalogue import Catalogue, Namespaces
from openhearth.repos.commits import Commits
from openhearth.repos.content import Content
from openhearth.repos.copies import Copies
from openhearth.repos.doors import GitDoor
from openhearth.repos.downloads import Downloads
from openhearth.repos.facts import FactReader
from openhearth.repos.gates import Admission, Askers, Gates
from openhearth.repos.large_files import LargeFiles
from openhearth.repos.likes import Likes
from openhearth.repos.locks import Locks
from openhearth.repos.protections import Protections
from openhearth.repos.pull_refs import PullRefs
from openhearth.repos.pull_requests import Contributions, PullRequests
from openhearth.repos.purge import Purge
from openhearth.repos.quotas import ListKeys, Quotas
from openhearth.repos.records import RepoFilter
from openhearth.repos.refs import RefVerbs
from openhearth.repos.relations import Relations
from openhearth.repos.signatures import FindOwners, Signatures
from openhearth.repos.snapshots import Snapshots
from openhearth.storage import Storage
from openhearth.urls import Urls

ADDRESSES_MAX = 100


class Holders(Namespaces, Askers, Protocol):
    """Who can hold repos, and who can ask for their files; the accounts room answers."""


@dataclass(frozen=True, kw_only=True)
class Repos:
    catalogue: Catalogue
    content: Content
    commits: Commits
    refs: RefVerbs
    facts: FactReader
    snapshots: Snapshots
    downloads: Downloads
    relations: Relations
    doors: GitDoor
    large_files: LargeFiles
    likes: Likes
    locks: Locks
    protections: Protections
    quotas: Quotas
    signatures: Signatures
    copies: Copies
    purge: Purge
    contributions: Contributions
    pull_refs: PullRefs
    admission: Admission
    gates: Gates

    @classmethod
    def on(
        cls,
        db: Database,
        *,
        storage: Storage,
        events: Events,
        clock: Clock,
        urls: Urls,
        settings: Settings,
        namespaces: Holders,
        pull_requests: Callable[[], PullRequests],
        find_owners: FindOwners,
        list_bucket_keys: ListKeys,
    ) -> Self:
        """The room's services on one database and one storage."""
        large_files = LargeFiles(db=db, storage=storage)
        admission = Admission(db=db, events=events, urls=urls)
        catalogue = Catalogue(
            db=db, storage=storage, events=events, clock=clock, urls=urls, namespaces=namespaces,
            admission=admission,
        )  # fmt: skip
        content = Content(storage=storage, large_files=large_files)
        protections = Protections(db=db, events=events)
        quotas = Quotas(
            db=db, storage=storage, default_gb=settings.quota_gb, list_bucket_keys=list_bucket_keys
        )
        contributions = Contributions(pull_requests, admission)
        pull_refs = PullRefs(storage=storage, events=events, clock=clock, protections=protections)
        return cls(
            catalogue=catalogue,
            content=content,
            commits=Commits(
                db=db,
                storage=storage,
                events=events,
                clock=clock,
                content=content,
                large_files=large_files,
                protections=protections,
                quotas=quotas,
                contributions=contributions,
                pull_refs=pull_refs,
            ),
            refs=RefVerbs(
                storage=storage,
                events=events,
                clock=clock,
                content=content,
                protections=protections,
                contributions=contributions,
            ),
            facts=FactReader(db=db, storage=storage, clock=clock, content=content, large_files=large_files),
            snapshots=Snapshots(root=settings.data / "engines", catalogue=catalogue, content=content),
            downloads=Downloads(db=db, clock=clock),
            relations=Relations(db=db),
            doors=GitDoor(
                db=db,
                events=events,
                clock=clock,
                catalogue=catalogue,
                content=content,
                large_files=large_files,
                protections=protections,
                quotas=quotas,
                contributions=contributions,
            ),
            large_files=large_files,
            likes=Likes(db=db, clock=clock),
            signatures=Signatures(storage=storage, find_owners=find_owners),
            locks=Locks(db=db, clock=clock),
            protections=protections,
            quotas=quotas,
            copies=Copies(
                db=db,
                storage=storage,
                catalogue=catalogue,
                admission=admission,
                large_files=large_files,
                quotas=quotas,
            ),
            purge=Purge(
                db=db, storage=storage, events=events, large_files=large_files, protections=protections
            ),
            contributions=contributions,
            pull_refs=pull_refs,
            admission=admission,
            gates=Gates(db=db, events=events, clock=clock, admission=admission, askers=namespaces),
        )

    def list_addresses(self, actor: Actor) -> list[str]:
        """Repos of the actor and their organisations, the last changed first: `models/ada/tiny`."""
        found = [
            listed.repo
            for namespace in (actor.name, *actor.roles)
            for kind in REPO_TYPES
            for listed in self.catalogue.list_repos(
                actor, RepoFilter(type=kind, author=namespace, sort="lastModified"), limit=ADDRESSES_MAX
            ).items
        ]
        found.sort(key=lambda repo: repo.last_modified, reverse=True)
        return [f"{repo.ref.plural}/{repo.id}" for repo in found[:ADDRESSES_MAX]]

    def count_by_type(self, namespace: str, actor: Actor) -> dict[str, int]:
        """How many repos of each type in `namespace` the actor may see."""
        return {
            kind: self.catalogue.count_repos(actor, RepoFilter(type=kind, author=namespace))
            for kind in REPO_TYPES
        }
