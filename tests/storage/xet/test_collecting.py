"""Collection: what no repo holds goes, late; what any repo holds stays."""

import pytest

from openhearth.errors import EntryNotFound
from openhearth.storage.xet import XetStore
from tests.storage.xet.conftest import SettableClock, Uploads
from tests.storage.xet.packing import PackedXorb, cut


def test_a_linked_file_is_never_collected(
    store: XetStore, uploads: Uploads, clock: SettableClock, content: bytes
) -> None:
    file = uploads.file(content)
    store.link_files("repo", [file.file_hash_hex])
    clock.advance(days=400)
    assert store.collect().xorbs == 0
    assert b"".join(store.stream(file.file_hash_hex)) == content


def test_a_dropped_repos_bytes_go_after_thirty_days(
    store: XetStore, uploads: Uploads, clock: SettableClock, content: bytes
) -> None:
    file = uploads.file(content)
    store.link_files("repo", [file.file_hash_hex])
    store.drop_repo("repo")
    clock.advance(days=29)
    assert store.collect().xorbs == 0
    clock.advance(days=2)
    foreseen = store.collect(dry_run=True)
    assert (foreseen.xorbs, foreseen.size_bytes) == (1, store.stored_bytes())
    assert store.collect() == foreseen
    assert store.stored_bytes() == 0
    assert store.collect().xorbs == 0


def test_a_collected_xorb_is_gone_and_may_come_again(
    store: XetStore, uploads: Uploads, clock: SettableClock, content: bytes
) -> None:
    xorb = PackedXorb(cut(content))
    uploads.xorb(xorb)
    clock.advance(days=31)
    assert store.collect().xorbs == 1
    assert not store.has_xorb(xorb.hash)
    assert not store.xorb_path(xorb.hash).exists()
    assert uploads.xorb(xorb)
    assert b"".join(store.stream(uploads.file(content).file_hash_hex)) == content


def test_uploading_again_keeps_a_xorb(
    store: XetStore, uploads: Uploads, clock: SettableClock, content: bytes
) -> None:
    xorb = PackedXorb(cut(content))
    uploads.xorb(xorb)
    clock.advance(days=20)
    uploads.xorb(xorb)
    clock.advance(days=20)
    assert store.collect().xorbs == 0


def test_an_upload_that_no_commit_took_up_is_forgotten(
    store: XetStore, uploads: Uploads, clock: SettableClock, content: bytes
) -> None:
    file = uploads.file(content)
    clock.advance(days=31)
    assert store.collect().xorbs == 1
    assert store.find_file("repo", file.sha256, uploader="ada") is None
    with pytest.raises(EntryNotFound, match="was not uploaded"):
        store.link_files("repo", [file.file_hash_hex])


def test_an_upload_registered_again_is_kept_for_its_commit(
    store: XetStore, uploads: Uploads, clock: SettableClock, content: bytes
) -> None:
    uploads.file(content)
    clock.advance(days=31)
    file = uploads.file(content)
    assert store.collect().xorbs == 0
    store.link_files("repo", [file.file_hash_hex])
    assert b"".join(store.stream(file.file_hash_hex)) == content
