"""Buckets as wholes: who may make, see, change and delete them."""

import pytest

from openhearth.access import NOBODY, Action
from openhearth.buckets.errors import BucketExists, BucketNotFound
from openhearth.buckets.records import CopyFile
from openhearth.errors import Forbidden, Invalid, Unauthenticated
from openhearth.kit.names import BucketRef
from openhearth.wire.request import Credentials
from tests.buckets.conftest import Yard


def test_nobody_makes_a_bucket_and_strangers_only_at_home(yard: Yard) -> None:
    create = yard.buckets.catalogue.create
    with pytest.raises(Unauthenticated):
        create(NOBODY, BucketRef("ada", "scratch"))
    with pytest.raises(Forbidden):
        create(yard.eve, BucketRef("forge", "scratch"))
    with pytest.raises(Invalid, match="name"):
        create(yard.ada, BucketRef("ada", "two words"))
    assert create(yard.ben, BucketRef("forge", "scratch")).is_private  # the organisation's default
    assert not create(yard.eve, BucketRef("eve", "scratch")).is_private


def test_a_name_is_taken_once_in_whatever_capitals(yard: Yard) -> None:
    yard.create("Scratch")
    with pytest.raises(BucketExists) as refused:
        yard.create("scratch")
    assert refused.value.extra["url"] == "http://hub.test/buckets/ada/Scratch"


def test_what_one_may_not_see_does_not_exist(yard: Yard) -> None:
    bucket = yard.create(visibility="private")
    catalogue = yard.buckets.catalogue
    for actor, ref in ((NOBODY, bucket.ref), (yard.eve, bucket.ref), (yard.eve, BucketRef("ada", "none"))):
        with pytest.raises(BucketNotFound):
            catalogue.get(actor, ref)
    assert catalogue.list_buckets(yard.eve, namespace="ada").items == []
    assert catalogue.count_buckets(NOBODY) == 0
    assert [b.id for b in catalogue.list_buckets(yard.ada).items] == ["ada/scratch"]


def test_members_write_but_admins_delete(yard: Yard) -> None:
    bucket = yard.create(namespace="forge")
    assert yard.buckets.catalogue.get(yard.ben, bucket.ref, Action.WRITE) == bucket
    with pytest.raises(Forbidden):
        yard.buckets.catalogue.delete(yard.ben, bucket.ref)
    yard.buckets.catalogue.delete(yard.ada, bucket.ref)
    with pytest.raises(BucketNotFound):
        yard.again(bucket)


def test_a_moved_bucket_is_found_where_it_was_but_not_deleted_from_there(yard: Yard) -> None:
    bucket = yard.create()
    yard.put(bucket, a=b"iron" * 100)
    moved = yard.buckets.catalogue.move(yard.ada, bucket.ref, BucketRef("forge", "kept"))
    assert yard.again(bucket).ref == moved.ref
    assert yard.read(moved, "a") == b"iron" * 100
    with pytest.raises(BucketNotFound):
        yard.buckets.catalogue.delete(yard.ada, bucket.ref)
    taken = yard.create()  # the old address is free
    assert yard.again(taken).key == taken.key
    with pytest.raises(BucketExists):
        yard.buckets.catalogue.move(yard.ada, taken.ref, moved.ref)


def test_a_fine_grained_token_opens_one_bucket_and_follows_it(yard: Yard) -> None:
    bucket, other = yard.create(visibility="private"), yard.create("other", visibility="private")
    grants = {"buckets/ada/scratch": Action.READ}
    new = yard.hub.accounts.tokens.create(yard.ada, name="one", scope="fineGrained", grants=grants)

    def seen() -> list[str]:
        actor = yard.hub.accounts.identify(Credentials(token=new.value))
        return [found.id for found in yard.buckets.catalogue.list_buckets(actor).items]

    assert seen() == ["ada/scratch"]
    actor = yard.hub.accounts.identify(Credentials(token=new.value))
    for action, ref in ((Action.READ, other.ref), (Action.WRITE, bucket.ref)):
        with pytest.raises((BucketNotFound, Forbidden)):
            yard.buckets.catalogue.get(actor, ref, action)
    moved = yard.buckets.catalogue.move(yard.ada, bucket.ref, BucketRef("forge", "kept"))
    yard.create(visibility="private")
    assert seen() == ["forge/kept"]
    yard.buckets.catalogue.delete(yard.ada, moved.ref)
    yard.create("kept", namespace="forge")
    assert seen() == [], "the next of that name is another bucket"


def test_deleting_frees_what_nothing_else_holds(yard: Yard) -> None:
    """Chunks that another bucket holds stay; the rest goes when clients can no longer remember having sent it."""
    doomed, other = yard.create("doomed"), yard.create("other")
    shared, alone = bytes(range(256)) * 400, bytes(reversed(range(256))) * 400
    yard.put(doomed, shared=shared, alone=alone)
    hash = yard.buckets.contents.get_file(doomed, "shared").xet_hash
    stored = yard.xet.stored_bytes()
    assert not yard.apply(other, CopyFile("copy", hash, "bucket", "ada/doomed")).failures
    assert yard.xet.stored_bytes() == stored, "a copy stores nothing"

    yard.buckets.catalogue.delete(yard.ada, doomed.ref)
    yard.xet.collect()
    assert yard.xet.stored_bytes() == stored, "clients may still remember what they sent"
    yard.clock.advance(days=31)
    assert yard.xet.collect().xorbs == 1
    assert 0 < yard.xet.stored_bytes() < stored
    assert yard.read(other, "copy") == shared
    yard.buckets.catalogue.delete(yard.ada, other.ref)
    yard.clock.advance(days=31)
    yard.xet.collect()
    assert yard.xet.stored_bytes() == 0
