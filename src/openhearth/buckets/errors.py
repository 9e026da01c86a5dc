"""The refusals of this room that are no plain refusal of `openhearth.errors`."""

from openhearth.errors import Conflict, HubError, RepoNotFound
from openhearth.kit.names import BucketRef


class BucketNotFound(RepoNotFound):
    """Missing and invisible alike. Clients tell it from a repo by the address they asked (utils/_http.py)."""

    def __init__(self, bucket_id: str, *, anonymous: bool = False, hidden: BucketRef | None = None) -> None:
        super().__init__(bucket_id, anonymous=anonymous, hidden=hidden)
        self.message = (
            f"Bucket not found: {bucket_id}. If it is private, sign in with an account that may read it."
        )


class BucketExists(Conflict):
    """With `exist_ok`, the stock client reads `url` from this answer's body (hf_api.py `create_bucket`)."""

    def __init__(self, bucket: BucketRef, url: str) -> None:
        super().__init__(f"There is a bucket {bucket.id} already; choose another name.", url=url)


class MovedBucket(HubError):
    """The bucket has another address now. 307: clients repeat the request there, body and all."""

    status = 307

    def __init__(self, bucket: BucketRef, location: str) -> None:
        super().__init__(f"This bucket has moved to {bucket.id}.", headers={"Location": location})
