"""The verbs about buckets as wholes: find, create, move, delete, change settings, list."""

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from openhearth.access import Action, Actor, Visibility, decide, decide_create, refusal
from openhearth.buckets import queries
from openhearth.buckets.errors import BucketExists, BucketNotFound
from openhearth.buckets.listing import conditions_of
from openhearth.buckets.records import Bucket
from openhearth.db import Database, Duplicate
from openhearth.errors import Invalid
from openhearth.events import BucketDeleted, BucketMoved, Events, FilesOpened
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.ids import new_id
from openhearth.kit.names import BucketRef, check_repo_name
from openhearth.kit.text import is_storable
from openhearth.storage.xet import XetStore
from openhearth.urls import Urls

SEARCH_MAX_LENGTH = 96


class NamespaceFacts(Protocol):
    @property
    def name(self) -> str: ...


class Namespaces(Protocol):
    """Who can hold buckets; the accounts room answers."""

    def find_namespace(self, name: str) -> NamespaceFacts | None: ...


class Catalogue:
    def __init__(
        self, *, db: Database, xet: XetStore, clock: Clock, urls: Urls, namespaces: Namespaces, events: Events
    ) -> None:
        self._db = db
        self._xet = xet
        self._clock = clock
        self._urls = urls
        self._namespaces = namespaces
        self._events = events

    def get(self, actor: Actor, ref: BucketRef, action: Action = Action.READ) -> Bucket:
        """The bucket at `ref`, if `actor` may do `action` to it.

        Raises BucketNotFound, Unauthenticated, Forbidden. A bucket that was moved, or typed in another case,
        answers under its own address: compare `bucket.ref`.
        """
        bucket = None
        if is_storable(ref.id):
            with self._db.read() as rows:
                bucket = queries.find_bucket(rows, ref)
        verdict = decide(actor, action, bucket.resource) if bucket is not None else None
        if bucket is None or verdict is None or not verdict.exists:
            hidden = bucket.ref if bucket is not None else None
            raise BucketNotFound(ref.id, anonymous=actor.is_anonymous, hidden=hidden)
        verdict.require(actor, bucket.resource)
        return bucket

    def open_files(self, actor: Actor, bucket: Bucket) -> None:
        """Say that `actor`, who was given `bucket`, has its files, if they are not for everybody."""
        if bucket.is_private:
            self._events.publish(FilesOpened(repo_key=bucket.key, repo=bucket.ref, actor_name=actor.name))

    def create(self, actor: Actor, ref: BucketRef, *, visibility: Visibility | None = None) -> Bucket:
        """Make an empty bucket; without a visibility, the namespace decides.

        Raises BucketExists, Invalid, Forbidden, Unauthenticated.
        """
        ref, default = self._permit_in_namespace(actor, ref)
        now = self._clock()
        bucket = Bucket(
            key=new_id(), ref=ref, visibility=visibility or default, creator_id=actor.user_id,
            created_at=now, updated_at=now,
        )  # fmt: skip
        try:
            with self._db.write() as rows:
                queries.insert_bucket(rows, bucket)
        except Duplicate:
            raise self._exists(ref) from None
        return bucket

    def move(self, actor: Actor, old: BucketRef, new: BucketRef) -> Bucket:
        """Rename or hand over a bucket; its old address leads to the new one. Raises as `create` does."""
        bucket = self._get_at(actor, old, Action.ADMIN)
        new, _ = self._permit_in_namespace(actor, new)
        try:
            with self._db.write() as rows:
                queries.move_bucket(rows, bucket.key, bucket.ref, new)
        except Duplicate:
            raise self._exists(new) from None
        self._xet.set_scope(bucket.key, namespace=new.namespace, is_public=not bucket.is_private)
        self._events.publish(
            BucketMoved(bucket_key=bucket.key, old=bucket.ref, new=new, actor_name=actor.name)
        )
        return replace(bucket, ref=new)

    def delete(self, actor: Actor, ref: BucketRef) -> None:
        """Remove a bucket for good. Chunks that nothing else holds are freed by the next collection."""
        bucket = self._get_at(actor, ref, Action.ADMIN)
        with self._db.write() as rows:
            queries.delete_bucket(rows, bucket.key)
        self._events.publish(BucketDeleted(bucket_key=bucket.key, bucket=bucket.ref, actor_name=actor.name))
        self._xet.drop_repo(bucket.key)

    def change_visibility(self, actor: Actor, bucket: Bucket, visibility: Visibility) -> Bucket:
        decide(actor, Action.ADMIN, bucket.resource).require(actor, bucket.resource)
        with self._db.write() as rows:
            queries.change_visibility(rows, bucket.key, visibility)
        changed = replace(bucket, visibility=visibility)
        self._xet.set_scope(bucket.key, namespace=bucket.ref.namespace, is_public=not changed.is_private)
        return changed

    def list_buckets(
        self,
        actor: Actor,
        *,
        namespace: str | None = None,
        search: str = "",
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Bucket]:
        """The buckets that `actor` may see (of one namespace), in the order of their addresses."""
        conditions = conditions_of(actor, namespace=namespace, search=_checked(search))
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        with self._db.read() as rows:
            found = queries.list_buckets(rows, conditions, after=after, limit=limit + 1)
        more = encode_cursor(queries.address_of(found[limit - 1].ref)) if len(found) > limit else None
        return Page(found[:limit], more)

    def list_by_keys(self, actor: Actor, keys: Collection[str]) -> list[Bucket]:
        """Those of the buckets that `actor` may see."""
        with self._db.read() as rows:
            return queries.list_by_keys(rows, keys, conditions_of(actor))

    def count_buckets(self, actor: Actor, *, namespace: str | None = None, search: str = "") -> int:
        conditions = conditions_of(actor, namespace=namespace, search=_checked(search))
        with self._db.read() as rows:
            return queries.count_buckets(rows, conditions)

    def list_keys(self, namespace: str) -> list[str]:
        """The keys of every bucket in `namespace`, to count what they hold."""
        with self._db.read() as rows:
            return queries.list_keys(rows, namespace)

    def url(self, ref: BucketRef) -> str:
        return self._urls.absolute(self._urls.bucket(ref))

    def _get_at(self, actor: Actor, ref: BucketRef, action: Action) -> Bucket:
        """`get`, but an old address names nothing: nobody deletes a bucket by the name of another."""
        bucket = self.get(actor, ref, action)
        if queries.address_of(bucket.ref) != queries.address_of(ref):
            raise BucketNotFound(ref.id, anonymous=actor.is_anonymous)
        return bucket

    def _exists(self, ref: BucketRef) -> BucketExists:
        """The refusal for a name that is taken, perhaps in other capitals."""
        with self._db.read() as rows:
            taken = queries.find_bucket(rows, ref)
        ref = taken.ref if taken is not None else ref
        return BucketExists(ref, self.url(ref))

    def _permit_in_namespace(self, actor: Actor, ref: BucketRef) -> tuple[BucketRef, Visibility]:
        """`ref` with its namespace spelled as its holder does, and the visibility buckets begin with there."""
        check_repo_name(ref.name)
        verdict = decide_create(actor, ref)
        if not verdict.allowed:
            raise refusal(actor, verdict.reason)
        namespace = self._namespaces.find_namespace(ref.namespace)
        if namespace is None:
            raise Invalid(
                f"namespace: nobody is called {ref.namespace!r}; use your own name or an organisation's."
            )
        is_private = bool(getattr(namespace, "private_by_default", False))
        return replace(ref, namespace=namespace.name), "private" if is_private else "public"


def _checked(search: str) -> str:
    if len(search) > SEARCH_MAX_LENGTH or not is_storable(search):
        raise Invalid(
            f"search: {search[:40]!r} is no part of a name; use at most {SEARCH_MAX_LENGTH} letters."
        )
    return search
