"""What every page of a bucket shares: opening it for the reader, its heading and its tabs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.access import Action, Actor, decide
from openhearth.buckets.addressing import PAGE, Addressed
from openhearth.buckets.records import Bucket
from openhearth.buckets.service import Buckets
from openhearth.kit.names import check_path
from openhearth.web.parts import Crumb, Tab
from openhearth.wire.forms import read_form
from openhearth.wire.request import actor_of
from openhearth.wire.room import Ground


@dataclass(frozen=True, kw_only=True)
class BucketHead:
    """The band above every page of a bucket."""

    id: str
    namespace: str
    name: str
    href: str
    private: bool
    size_bytes: int
    file_count: int
    updated_at: datetime
    tabs: Sequence[Tab]


@dataclass(frozen=True, kw_only=True)
class OpenBucket:
    """A bucket that the reader of this request may see, and the folder of it that the address names."""

    request: Request
    actor: Actor
    bucket: Bucket
    folder: str

    def may(self, action: Action) -> bool:
        return decide(self.actor, action, self.bucket.resource).allowed


class BucketFrame:
    """Opens buckets and draws what surrounds their pages."""

    def __init__(self, *, buckets: Buckets, ground: Ground) -> None:
        self.buckets = buckets
        self.web = ground.web
        self.urls = ground.urls
        self._addressed = Addressed(buckets.catalogue)

    def open(self, request: Request, action: Action = Action.READ) -> OpenBucket:
        """Raises BucketNotFound, Forbidden, MovedBucket, and Invalid for a folder that cannot be."""
        bucket = self._addressed.bucket(request, action)
        folder = request.path_params.get("path", "").strip("/")
        if folder:
            check_path(folder, in_git=False)
        return OpenBucket(request=request, actor=actor_of(request), bucket=bucket, folder=folder)

    def form(self, suffix: str, action: Action, act: Callable[[OpenBucket, FormData], Response]) -> Route:
        """The route of a form without files, for those who may do `action`."""

        async def post(request: Request) -> Response:
            await run_in_threadpool(self.open, request, action)
            form = await read_form(request, max_files=0)
            return await run_in_threadpool(lambda: act(self.open(request, action), form))

        return Route(f"{PAGE}{suffix}", post, methods=["POST"])

    def head(self, opened: OpenBucket, current: str) -> BucketHead:
        """The heading with its tabs; `current` is the label of the tab that the page belongs to."""
        bucket = opened.bucket
        tabs = [("Files", self.urls.bucket(bucket.ref), "folder")]
        if opened.may(Action.ADMIN):
            tabs.append(("Settings", self.urls.bucket_page(bucket.ref, "settings"), "settings"))
        return BucketHead(
            id=bucket.id,
            namespace=bucket.ref.namespace,
            name=bucket.ref.name,
            href=self.urls.bucket(bucket.ref),
            private=bucket.is_private,
            size_bytes=bucket.size_bytes,
            file_count=bucket.file_count,
            updated_at=bucket.updated_at,
            tabs=[
                Tab(label=label, href=href, icon=icon, current=label == current) for label, href, icon in tabs
            ],
        )

    def crumbs(self, opened: OpenBucket, last: str | None = None) -> list[Crumb]:
        """The way from the bucket's root to its folder, and `last` behind it."""
        ref, parts = opened.bucket.ref, opened.folder.split("/") if opened.folder else []
        crumbs = [Crumb(label=ref.name, href=self.urls.bucket(ref))]
        crumbs += [
            Crumb(label=part, href=self.urls.bucket_tree(ref, "/".join(parts[:depth])))
            for depth, part in enumerate(parts, start=1)
        ]
        if last is not None:
            return [*crumbs, Crumb(label=last)]
        return [*crumbs[:-1], Crumb(label=crumbs[-1].label)]
