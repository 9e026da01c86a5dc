"""Buckets as other rooms see them: in collections and in the audit log."""

import pytest

from openhearth.access import NOBODY
from openhearth.buckets.records import AddFile
from openhearth.errors import HubError
from openhearth.kit.names import BucketRef
from openhearth.storage.xet import EMPTY_FILE
from tests.audit.conftest import Watched
from tests.buckets.conftest import Yard


def test_a_collection_holds_a_bucket_for_those_who_may_see_it(yard: Yard) -> None:
    bucket, hidden = yard.create("open"), yard.create("secluded", visibility="private")
    yard.apply(bucket, AddFile("a", EMPTY_FILE))
    collections = yard.hub.community.collections
    made = collections.catalogue.create(yard.ada, "Storage", namespace="ada")
    for each in (bucket, hidden):
        collections.items.add(yard.ada, made.slug, "bucket", each.id)
    with pytest.raises(HubError):
        collections.items.add(yard.ada, made.slug, "bucket", "ada/none")
    moved = yard.buckets.catalogue.move(yard.ada, bucket.ref, BucketRef("ada", "moved"))

    def seen(actor: object) -> list[str]:
        shown = collections.catalogue.show(actor, collections.catalogue.get(actor, made.slug))  # type: ignore[arg-type]
        return [item.thing.id for item in shown.items if item.thing]

    assert seen(yard.ada) == [moved.id, hidden.id]
    assert seen(NOBODY) == seen(yard.eve) == [moved.id]


def test_the_life_of_a_bucket_is_in_the_audit_log(watched: Watched) -> None:
    api = "/api/buckets/forge/slag"
    watched.call("ada", "POST", api, json={"private": True})
    batch = b'{"type": "addFile", "path": "a", "xetHash": "' + EMPTY_FILE.encode() + b'"}'
    watched.call("ada", "POST", f"{api}/batch", content=batch)
    watched.call("eve", "GET", api)
    watched.call("ada", "PUT", f"{api}/settings", json={"private": False})
    watched.call("ada", "DELETE", api)
    lines = watched.brief()
    assert all(target == "buckets/forge/slag" for _, _, _, target in lines)
    assert [(action, who) for verdict, action, who, _ in lines if verdict == "changed"] == [
        ("bucket.create", "ada"),
        ("bucket.write", "ada"),
        ("bucket.settings", "ada"),
        ("bucket.delete", "ada"),
    ]
    assert [who for verdict, _, who, _ in lines if verdict == "refused"] == ["eve"]
