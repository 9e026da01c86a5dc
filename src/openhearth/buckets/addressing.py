"""From an address to a bucket: the one place where routes of this room learn who asks for what."""

from starlette.requests import Request

from openhearth.access import Action, Actor
from openhearth.buckets.catalogue import Catalogue
from openhearth.buckets.errors import MovedBucket
from openhearth.buckets.records import Bucket
from openhearth.kit.names import BucketRef
from openhearth.wire.request import actor_of

API = "/api/buckets/{ns:seg}/{name:seg}"
PAGE = "/buckets/{ns:seg}/{name:seg}"


class Addressed:
    """Finds the bucket that a request names."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def bucket(self, request: Request, action: Action = Action.READ) -> Bucket:
        """The bucket, if the request's actor may do `action` to it.

        Raises MovedBucket where it has another address now, and whatever `Catalogue.get` raises.
        """
        asked = BucketRef(request.path_params["ns"], request.path_params["name"])
        bucket = self._catalogue.get(actor_of(request), asked, action)
        if bucket.ref != asked:
            raise MovedBucket(bucket.ref, _at(request, bucket.ref))
        return bucket

    def opened(self, request: Request) -> Bucket:
        """As `bucket`, for whoever wants its files: readings of private ones are announced."""
        actor, bucket = self.both(request)
        self._catalogue.open_files(actor, bucket)
        return bucket

    def both(self, request: Request, action: Action = Action.READ) -> tuple[Actor, Bucket]:
        return actor_of(request), self.bucket(request, action)


def _at(request: Request, bucket: BucketRef) -> str:
    """The address of `request`, with `bucket` in the place of the bucket it named."""
    before, word, rest = request.scope["path"].partition("/buckets/")
    tail = rest.split("/", 2)[2:]
    query = request.scope.get("query_string", b"").decode("latin-1")
    path = "/".join([f"{before}{word}{bucket.id}", *tail])
    return f"{path}?{query}" if query else path
