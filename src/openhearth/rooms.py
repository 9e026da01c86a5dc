"""The bill of materials: every room is built here, and every arrow between rooms is an argument on this page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from openhearth import (
    accounts,
    albums,
    attachments,
    audit,
    buckets,
    columns,
    community,
    inference,
    jobs,
    notes,
    papers,
    repos,
    spaces,
    tasks,
    unoffered,
    webhooks,
)
from openhearth.access import Actor
from openhearth.accounts import Accounts
from openhearth.audit import Audit
from openhearth.buckets import Bucket, Buckets
from openhearth.community import Community
from openhearth.community.collections.records import Thing
from openhearth.community.collections.targets import ArxivPapers
from openhearth.config import Settings, read_secret
from openhearth.db import Database
from openhearth.errors import HubError
from openhearth.events import Events
from openhearth.jobs import Queue
from openhearth.kit.clock import Clock, utc_now
from openhearth.kit.names import split_bucket_id
from openhearth.papers import Papers
from openhearth.repos import Repos
from openhearth.storage import open_storage
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.room import Ground, Room


@dataclass(frozen=True, kw_only=True)
class Hub:
    """The whole building, for tests, the command line and the server. Fields, never methods; rooms never see it."""

    ground: Ground
    accounts: Accounts
    repos: Repos
    buckets: Buckets
    queue: Queue
    community: Community
    audit: Audit
    rooms: Sequence[Room]


def open_ground(settings: Settings, *, clock: Clock = utc_now) -> Ground:
    """Open the stores below `settings.data`, making what is missing."""
    settings.data.mkdir(parents=True, exist_ok=True)
    secret = read_secret(settings.data / "secret.key")
    db = Database(settings.database_url) if settings.database_url else Database.in_folder(settings.data)
    urls = Urls(settings.base_url, ssh_port=settings.ssh_port)
    storage = open_storage(
        settings.data,
        db=db,
        key=secret,
        dedup_scope=settings.dedup_scope,
        file_max_gb=settings.upload_max_gb,
        clock=clock,
    )
    ground = Ground(
        settings=settings,
        db=db,
        events=Events(),
        urls=urls,
        web=Web(urls=urls),
        clock=clock,
        storage=storage,
        secret=secret,
    )
    return ground


def build_hub(settings: Settings, *, clock: Clock = utc_now) -> Hub:
    ground = open_ground(settings, clock=clock)
    accounts_room = accounts.build(
        ground,
        describe=lambda namespace, actor: communal.overviews.describe(namespace, actor),
        find_followed=lambda actor, ids: communal.follows.find_followed(actor, ids),
        list_repos=lambda actor: repos_room.service.list_addresses(actor),
    )
    repos_room = repos.build(
        ground,
        accounts=accounts_room.service,
        move_bucket=lambda actor, old, new: buckets_room.service.move(actor, old, new),
        list_bucket_keys=lambda namespace: buckets_room.service.catalogue.list_keys(namespace),
        pull_requests=lambda: communal.discussions.pulls,
        served_tasks=inference.SERVED_TASKS,
    )
    buckets_room = buckets.build(ground, accounts=accounts_room.service, repos=repos_room.service)
    jobs_room = jobs.build(ground)
    inference_room = inference.build(ground, repos=repos_room.service)
    papers_room = papers.build(ground, accounts=accounts_room.service, repos=repos_room.service)
    communal = community.build(
        ground,
        accounts=accounts_room.service,
        repos=repos_room.service,
        things={
            "bucket": _BucketsInCollections(ground.urls, buckets_room.service),
            "paper": _PapersInCollections(papers_room.service),
        },
    )
    audit_room = audit.build(ground)
    webhooks_room = webhooks.build(
        ground,
        accounts=accounts_room.service,
        repos=repos_room.service,
        queue=jobs_room.service,
        get_discussion=communal.discussions.threads.get,
    )
    rooms = (
        accounts_room,
        spaces.build(ground, repos=repos_room.service),  # before repos: `/api/spaces/hardware` names no repo
        repos_room,
        buckets_room,
        *communal.rooms,
        inference_room,
        webhooks_room,
        columns.build(
            ground,
            accounts=accounts_room.service,
            repos=repos_room.service,
            queue=jobs_room.service,
            models=inference.Rows(inference_room.service),
            row_input=inference.RowInput,
        ),
        albums.build(
            ground,
            accounts=accounts_room.service,
            repos=repos_room.service,
            queue=jobs_room.service,
            models=inference.Rows(inference_room.service),
            photo_input=inference.RowInput,
            face_models=lambda actor: [
                model.repo_id for model in inference_room.service.list_tagged(actor, ["face-recognition"])
            ],
        ),
        papers_room,
        notes.build(ground, repos=repos_room.service),
        tasks.build(ground, repos=repos_room.service),
        attachments.build(ground),
        audit_room,
        jobs_room,  # behind the rooms whose work it does: it stops before them
        unoffered.build(ground),
    )
    ground.db.migrate()
    for room in rooms:
        ground.events.subscribe(room.subscribes)
        ground.slots.fill(room.slots)
    return Hub(
        ground=ground,
        accounts=accounts_room.service,
        repos=repos_room.service,
        buckets=buckets_room.service,
        queue=jobs_room.service,
        community=communal,
        audit=audit_room.service,
        rooms=rooms,
    )


@dataclass(frozen=True)
class _BucketsInCollections:
    """Buckets as things that a collection may hold."""

    urls: Urls
    buckets: Buckets

    def find_thing(self, actor: Actor, thing_id: str) -> Thing | None:
        try:
            return self._thing(self.buckets.catalogue.get(actor, split_bucket_id(thing_id)))
        except HubError:
            return None

    def list_things(self, actor: Actor, keys: Sequence[str]) -> Mapping[str, Thing]:
        return {
            bucket.key: self._thing(bucket) for bucket in self.buckets.catalogue.list_by_keys(actor, keys)
        }

    def _thing(self, bucket: Bucket) -> Thing:
        facts = {"private": bucket.is_private, "size": bucket.size_bytes, "totalFiles": bucket.file_count}
        return Thing(
            key=bucket.key, id=bucket.id, title=bucket.id, href=self.urls.bucket(bucket.ref), facts=facts
        )


@dataclass(frozen=True)
class _PapersInCollections:
    """Papers as things that a collection may hold: by their page here where the hub knows them, else by arXiv's."""

    papers: Papers
    elsewhere: ArxivPapers = field(default_factory=ArxivPapers)

    def find_thing(self, actor: Actor, thing_id: str) -> Thing | None:
        thing = self.elsewhere.find_thing(actor, thing_id)
        return self._known(actor, thing) if thing else None

    def list_things(self, actor: Actor, keys: Sequence[str]) -> Mapping[str, Thing]:
        return {
            key: self._known(actor, thing) for key, thing in self.elsewhere.list_things(actor, keys).items()
        }

    def _known(self, actor: Actor, thing: Thing) -> Thing:
        try:
            paper, _ = self.papers.get(actor, thing.id)
        except HubError:  # nobody entered it, and nothing that the actor may see cites it
            return thing
        return replace(thing, title=paper.title, href=f"/papers/{paper.id}")
