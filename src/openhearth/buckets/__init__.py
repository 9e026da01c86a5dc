"""Buckets: mutable object storage over the chunk store, without history. See README.md."""

from openhearth.buckets.api import BucketApi
from openhearth.buckets.catalogue import Namespaces
from openhearth.buckets.pages import Pages
from openhearth.buckets.records import Bucket, BucketFile, BucketFolder
from openhearth.buckets.resolve import Resolve
from openhearth.buckets.service import Buckets
from openhearth.repos import Repos
from openhearth.repos.cas_api import cas_url
from openhearth.storage.xet import XetSigner
from openhearth.wire.room import Ground, Room

__all__ = ["Bucket", "BucketFile", "BucketFolder", "Buckets", "build"]


def build(ground: Ground, *, accounts: Namespaces, repos: Repos) -> Room:
    """The room on `ground`, with buckets in the namespaces of `accounts` that can copy from `repos`."""
    urls = ground.urls
    buckets = Buckets.on(
        ground.db,
        xet=ground.storage.xet,
        clock=ground.clock,
        events=ground.events,
        urls=urls,
        namespaces=accounts,
        repos=repos.doors,
        admit=repos.quotas.check,
    )
    api = BucketApi(
        buckets=buckets,
        urls=urls,
        namespaces=accounts,
        signer=XetSigner(key=ground.secret, clock=ground.clock),
        cas_url=cas_url(urls),
        admit=repos.quotas.check,
    )
    pages = Pages(buckets=buckets, ground=ground, admit=repos.quotas.check)
    return Room(
        name="buckets",
        service=buckets,
        routes=[*api.router().routes, *Resolve(buckets=buckets, urls=urls).routes(), *pages.routes()],
        slots={"profile.shelves": pages.shelf},
    )
