"""Keeping xorbs: only what is what it claims to be, never twice, and nothing half after a kill."""

import os
import time
from pathlib import Path

import pytest

from openhearth.db import Database
from openhearth.errors import EntryNotFound, Invalid
from openhearth.storage.xet import XetStore, to_hex
from tests.storage.xet.conftest import Uploads
from tests.storage.xet.packing import PackedXorb, cut

XORB = PackedXorb(cut(bytes(range(256)) * 300, 5000), scheme=1)


def _index_path(store: XetStore) -> Path:
    body = store.xorb_path(XORB.hash)
    return body.with_name(body.name + ".idx")


def test_a_xorb_is_stored_once(store: XetStore, uploads: Uploads) -> None:
    assert not store.has_xorb(XORB.hash)
    assert uploads.xorb(XORB)
    assert store.has_xorb(XORB.hash)
    assert not uploads.xorb(XORB)
    assert store.stored_bytes() == len(XORB.body) == store.xorb_size(XORB.hash)
    assert store.xorb_path(XORB.hash).read_bytes() == XORB.body


def test_a_stored_body_is_never_replaced_by_another_of_the_same_hash(
    store: XetStore, uploads: Uploads
) -> None:
    uploads.xorb(XORB)
    stored_otherwise = PackedXorb(XORB.chunks, scheme=0)
    assert stored_otherwise.hash == XORB.hash
    assert not uploads.xorb(stored_otherwise)
    assert store.xorb_path(XORB.hash).read_bytes() == XORB.body
    assert store.verify_xorb(XORB.hash)


@pytest.mark.parametrize(
    "body",
    [XORB.body[:-1], XORB.body + b"\0", b"", XORB.body[5008:], bytes(10)],
    ids=["cut", "longer", "empty", "tail", "zeros"],
)
def test_a_body_that_is_not_the_xorb_is_refused_and_removed(
    store: XetStore, uploads: Uploads, body: bytes
) -> None:
    with pytest.raises(Invalid, match=r"^xorb: "):
        uploads.xorb(XORB, body=body)
    assert not store.has_xorb(XORB.hash)
    assert not store.xorb_path(XORB.hash).exists()
    assert not list(store.new_incoming().parent.iterdir())


def test_a_wrong_body_is_refused_even_if_the_xorb_is_stored(store: XetStore, uploads: Uploads) -> None:
    uploads.xorb(XORB)
    with pytest.raises(Invalid):
        uploads.xorb(XORB, body=XORB.body[:-1])
    assert store.verify_xorb(XORB.hash)


def test_an_old_clients_footer_is_cut_off(store: XetStore, uploads: Uploads) -> None:
    uploads.xorb(XORB, body=XORB.body + b"XETBLOB" + bytes(300))
    assert store.xorb_path(XORB.hash).read_bytes() == XORB.body


def test_a_body_without_an_index_is_not_there_and_is_completed_by_the_next_upload(
    store: XetStore, uploads: Uploads
) -> None:
    # As a kill between the two renames leaves it.
    body = store.xorb_path(XORB.hash)
    body.parent.mkdir()
    body.write_bytes(XORB.body)
    assert not store.has_xorb(XORB.hash)
    with pytest.raises(EntryNotFound):
        store.xorb_size(XORB.hash)
    uploads.xorb(XORB)
    assert store.has_xorb(XORB.hash)


def test_a_broken_body_without_an_index_is_replaced(store: XetStore, uploads: Uploads) -> None:
    body = store.xorb_path(XORB.hash)
    body.parent.mkdir()
    body.write_bytes(XORB.body[:100])
    uploads.xorb(XORB)
    assert body.read_bytes() == XORB.body
    assert store.verify_xorb(XORB.hash)


def test_a_body_stored_otherwise_without_an_index_gets_an_index_of_its_own(
    store: XetStore, uploads: Uploads
) -> None:
    body = store.xorb_path(XORB.hash)
    body.parent.mkdir()
    plain = PackedXorb(XORB.chunks, scheme=0).body
    body.write_bytes(plain)
    uploads.xorb(XORB)
    assert body.read_bytes() == plain
    assert store.verify_xorb(XORB.hash)
    assert store.xorb_size(XORB.hash) == len(plain)


def test_a_xorb_without_a_row_is_not_there_and_is_completed_by_the_next_upload(
    store: XetStore, uploads: Uploads, db: Database
) -> None:
    # As a kill between the index and the row leaves it.
    uploads.xorb(XORB)
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM xet_xorbs")
    assert not store.has_xorb(XORB.hash)
    assert not uploads.xorb(XORB)
    assert store.has_xorb(XORB.hash)


def test_a_row_without_an_index_is_not_there(store: XetStore, uploads: Uploads) -> None:
    uploads.xorb(XORB)
    _index_path(store).unlink()
    assert not store.has_xorb(XORB.hash)


def test_the_scrub_finds_a_flipped_byte_and_a_missing_body(store: XetStore, uploads: Uploads) -> None:
    uploads.xorb(XORB)
    assert store.verify_xorb(XORB.hash)
    body = bytearray(XORB.body)
    body[-20] ^= 1
    store.xorb_path(XORB.hash).write_bytes(body)
    assert not store.verify_xorb(XORB.hash)
    store.xorb_path(XORB.hash).unlink()
    assert not store.verify_xorb(XORB.hash)


def test_a_full_scrub_names_what_is_damaged_or_missing(store: XetStore, uploads: Uploads) -> None:
    whole, broken, missing = PackedXorb([b"whole"]), PackedXorb([b"broken"]), PackedXorb([b"missing"])
    for xorb in (whole, broken, missing):
        uploads.xorb(xorb)
    assert list(store.damaged_xorbs()) == []
    store.xorb_path(broken.hash).write_bytes(whole.body)
    store.xorb_path(missing.hash).unlink()
    assert sorted(store.damaged_xorbs()) == sorted([to_hex(broken.hash), to_hex(missing.hash)])


def test_what_a_killed_upload_left_behind_is_removed_later(
    store: XetStore, db: Database, tmp_path: Path
) -> None:
    old, fresh = store.new_incoming(), store.new_incoming()
    for path in (old, fresh):
        path.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 86400
    os.utime(old, (two_days_ago, two_days_ago))
    XetStore(db=db, folder=tmp_path / "xet", key=b"k" * 32).close()
    assert not old.exists()
    assert fresh.exists()
