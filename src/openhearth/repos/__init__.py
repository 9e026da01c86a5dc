"""Repos: models, datasets, Spaces and kernels, their files and history, and the routes to them. See README.md."""

from collections.abc import Callable, Sequence
from typing import Protocol

from openhearth.events import RefUpdated, RepoDeleted
from openhearth.repos import bare_names
from openhearth.repos.addressing import API, Addressed
from openhearth.repos.api_content import ContentApi
from openhearth.repos.api_copies import CopyApi
from openhearth.repos.api_history import HistoryApi
from openhearth.repos.api_likes import LikeApi, Likers
from openhearth.repos.api_repos import MoveBucket, RepoApi
from openhearth.repos.api_storage import StorageApi
from openhearth.repos.api_tasks import TaskApi
from openhearth.repos.api_write import WriteApi
from openhearth.repos.cas_api import CasApi
from openhearth.repos.claim_check import ClaimCheck
from openhearth.repos.conversion import Conversion
from openhearth.repos.gates.api import GateApi
from openhearth.repos.git_doors import Pushes
from openhearth.repos.git_http import GitHttp
from openhearth.repos.lfs_access import LfsAccess
from openhearth.repos.lfs_api import LfsApi
from openhearth.repos.lfs_locks_api import LocksApi
from openhearth.repos.lfs_tickets import Tickets
from openhearth.repos.nearby import Near
from openhearth.repos.pages import Pages, Profiles
from openhearth.repos.pages.diffs import Changes, show_changes
from openhearth.repos.pages.frame import OpenRepo, RepoFrame, RepoHead, repo_routes
from openhearth.repos.pull_requests import PullRequests
from openhearth.repos.quotas import ListKeys
from openhearth.repos.records import (
    AddFile,
    AddLargeFile,
    CommitRequest,
    Entry,
    Facts,
    Listed,
    RemoveFile,
    RemoveFolder,
    Repo,
    RepoFilter,
)
from openhearth.repos.resolve import Resolve
from openhearth.repos.service import Holders, Repos
from openhearth.repos.ssh import Commands, Keys, SshDoor
from openhearth.repos.storage_use import StorageUses
from openhearth.repos.xet_tokens import XetTokens
from openhearth.storage.xet import XetSigner
from openhearth.wire.room import Ground, Room

__all__ = [
    "API",
    "AddFile",
    "AddLargeFile",
    "Addressed",
    "Changes",
    "CommitRequest",
    "Entry",
    "Facts",
    "Listed",
    "OpenRepo",
    "RemoveFile",
    "RemoveFolder",
    "Repo",
    "RepoFilter",
    "RepoFrame",
    "RepoHead",
    "Repos",
    "build",
    "repo_routes",
    "show_changes",
]


class People(Holders, Profiles, Likers, Protocol):
    """Who can hold repos, who they are, and which keys are theirs."""

    @property
    def ssh_keys(self) -> Keys: ...


def build(
    ground: Ground,
    *,
    accounts: People,
    move_bucket: MoveBucket,
    list_bucket_keys: ListKeys,
    pull_requests: Callable[[], PullRequests],
    served_tasks: Sequence[str] = (),
) -> Room:
    """The room on `ground`, with repos in the namespaces of `accounts`; buckets are moved and counted with them.

    `pull_requests` is asked once all rooms stand; `served_tasks` are those whose models the hub runs.
    """
    repos = Repos.on(
        ground.db, storage=ground.storage, events=ground.events, clock=ground.clock, urls=ground.urls,
        settings=ground.settings, namespaces=accounts, pull_requests=pull_requests,
        find_owners=accounts.ssh_keys.list_owners,
        list_bucket_keys=list_bucket_keys,
    )  # fmt: skip
    storage, urls, near = ground.storage, ground.urls, Near(ground.db)
    signer = XetSigner(key=ground.secret, clock=ground.clock)
    settings = ground.settings
    cas = CasApi(store=storage.xet, signer=signer, urls=urls, admit=repos.quotas.check)
    tickets = Tickets(secret=ground.secret, clock=ground.clock, find_actor=accounts.ssh_keys.find_actor)
    access = LfsAccess(repos=repos.doors, tickets=tickets)
    lfs = LfsApi(
        repos=repos.doors, objects=storage.lfs, urls=urls, secret=ground.secret, clock=ground.clock,
        access=access, max_size_bytes=settings.upload_max_gb * 10**9,
        multipart_from_bytes=settings.lfs_multipart_mb << 20, part_bytes=settings.lfs_part_mb << 20,
    )  # fmt: skip
    locks = LocksApi(locks=repos.locks, catalogue=repos.catalogue, access=access, urls=urls)
    pushes = Pushes(repos=repos.doors, git=storage.git, linked=repos.doors.linked)
    ssh = SshDoor(
        host=settings.host, port=settings.ssh_port, shares_port=settings.workers > 1, folder=settings.data / "ssh",
        keys=accounts.ssh_keys,
        commands=Commands(repos=repos.doors, git=storage.git, pushes=pushes, tickets=tickets, urls=urls),
    )  # fmt: skip
    conversion = Conversion(storage=storage, catalogue=repos.catalogue, clock=ground.clock)
    claims = ClaimCheck(xet=storage.xet, large_files=repos.large_files)

    def read_and_check(event: RefUpdated) -> None:
        repos.facts.on_ref_updated(event)
        claims.on_ref_updated(event)

    return Room(
        name="repos",
        service=repos,
        routes=[
            *Resolve(repos=repos, urls=urls, near=near).routes(),
            *RepoApi(
                repos=repos,
                urls=urls,
                near=near,
                move_bucket=move_bucket,
                clock=ground.clock,
                served_tasks=served_tasks,
            )
            .router()
            .routes,
            *TaskApi(catalogue=repos.catalogue, clock=ground.clock).routes(),
            *GateApi(gates=repos.gates, catalogue=repos.catalogue, facts=repos.facts, urls=urls)
            .router()
            .routes,
            *LikeApi(repos=repos, urls=urls, people=accounts).router().routes,
            *ContentApi(repos=repos, urls=urls, near=near).router().routes,
            *HistoryApi(repos=repos, urls=urls).router().routes,
            *StorageApi(uses=StorageUses(db=ground.db), urls=urls).router().routes,
            *XetTokens(repos=repos, signer=signer, cas_url=cas.url).routes(),
            *cas.routes(),
            *lfs.routes(),
            *locks.routes(),
            *GitHttp(repos=repos.doors, git=storage.git, pushes=pushes, urls=urls).routes(),
            *WriteApi(repos=repos, urls=urls, spool=storage.git.spool_path).router().routes,
            *CopyApi(repos=repos).router().routes,
            *Pages(repos=repos, ground=ground, profiles=accounts).routes(),
            *bare_names.routes(),
        ],
        subscribes={
            RefUpdated: read_and_check,
            RepoDeleted: lambda event: repos.snapshots.drop(event.repo_key),
        },
        on_start=[repos.downloads.start, claims.start, conversion.start, ssh.start],
        on_stop=[ssh.stop, conversion.stop, claims.stop, repos.downloads.stop, cas.close],
    )
