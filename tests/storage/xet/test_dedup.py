"""Dedup queries: who learns of what, and what an answer holds."""

import struct
from pathlib import Path

import pytest

from openhearth.db import Database
from openhearth.storage.xet import XetStore
from openhearth.storage.xet.hashes import keyed_hash
from openhearth.storage.xet.shard import BOOKEND, TAG
from tests.storage.xet.conftest import SettableClock, Uploads
from tests.storage.xet.packing import PackedFile, PackedShard, PackedXorb, cut

ONE = PackedXorb(cut(bytes(range(256)) * 100, 2000))
TWO = PackedXorb(cut(bytes(range(251)) * 100, 2000))
FILE = PackedFile.of([(ONE, 0, len(ONE.chunks)), (TWO, 0, len(TWO.chunks))])
ENTRANCE = ONE.hashes[0]  # the first chunk of a file


@pytest.fixture
def both(uploads: Uploads) -> Uploads:
    uploads.xorb(ONE)
    uploads.xorb(TWO)
    return uploads


def _footer(answer: bytes) -> tuple[bytes, int, int, int]:
    """Key, created, expires, offset of the footer."""
    key, created, expires, *_, at = struct.unpack("<32s2Q48x4Q", answer[-200 + 72 :])
    return key, created, expires, at


def test_an_answer_holds_all_xorbs_of_the_upload_by_keyed_hashes_only(both: Uploads, store: XetStore) -> None:
    both.shard(PackedShard([FILE], [ONE, TWO]))
    answer = store.dedup_answer(ENTRANCE, namespace="ada")
    assert answer is not None
    assert answer.startswith(TAG)
    assert answer[48:96] == BOOKEND  # no files
    key, created, expires, footer_at = _footer(answer)
    assert footer_at == len(answer) - 200
    assert expires - created == 7 * 86400
    for xorb in (ONE, TWO):
        assert xorb.hash in answer
        for raw in xorb.hashes:
            assert raw not in answer
            assert keyed_hash(key, raw) in answer


def test_the_lookup_tables_lead_to_the_chunks(both: Uploads, store: XetStore) -> None:
    both.shard(PackedShard([FILE], [ONE, TWO]))
    answer = store.dedup_answer(ENTRANCE, namespace="ada") or b""
    *_, xorbs_at, xorb_count, chunks_at, chunk_count = struct.unpack("<9Q", answer[-200:-128])
    assert (xorb_count, chunk_count) == (2, len(ONE.chunks) + len(TWO.chunks))
    rows = [struct.unpack_from("<Q2I", answer, chunks_at + 16 * at) for at in range(chunk_count)]
    assert rows == sorted(rows, key=lambda row: row[0])
    for short, record, chunk in rows:
        (keyed,) = struct.unpack_from("<Q", answer, 96 + 48 * (record + 1 + chunk))
        assert keyed == short
    for at in range(xorb_count):
        short, record = struct.unpack_from("<QI", answer, xorbs_at + 12 * at)
        assert struct.unpack_from("<Q", answer, 96 + 48 * record) == (short,)


def test_chunks_that_lead_nowhere_are_not_known(both: Uploads, store: XetStore) -> None:
    both.shard(PackedShard([FILE], [ONE, TWO]))
    assert store.dedup_answer(bytes(32), namespace="ada") is None
    assert store.dedup_answer(ONE.hashes[5], namespace="ada") is None


def test_private_uploads_are_known_to_their_namespace_only(both: Uploads, store: XetStore) -> None:
    both.shard(PackedShard([FILE]))
    assert store.dedup_answer(ENTRANCE, namespace="ada")
    assert store.dedup_answer(ENTRANCE, namespace="eve") is None
    store.set_scope("repo", namespace="ada", is_public=True)
    assert store.dedup_answer(ENTRANCE, namespace="eve")
    store.set_scope("repo", namespace="ben", is_public=False)
    assert store.dedup_answer(ENTRANCE, namespace="ada") is None
    assert store.dedup_answer(ENTRANCE, namespace="ben")


def test_a_global_scope_answers_everybody(both: Uploads, db: Database, tmp_path: Path) -> None:
    both.shard(PackedShard([FILE]))
    everybody = XetStore(db=db, folder=tmp_path / "xet", key=b"k" * 32, dedup_scope="global")
    assert everybody.dedup_answer(ENTRANCE, namespace="eve")
    everybody.close()


def test_a_dropped_repo_is_not_answered_from(both: Uploads, store: XetStore) -> None:
    both.shard(PackedShard([FILE]))
    store.drop_repo("repo")
    assert store.dedup_answer(ENTRANCE, namespace="ada") is None


def test_the_newest_upload_answers(both: Uploads, store: XetStore) -> None:
    both.shard(PackedShard([PackedFile.of([(ONE, 0, 3)])]))
    answer = store.dedup_answer(ENTRANCE, namespace="ada")
    assert answer is not None
    assert TWO.hash not in answer
    both.shard(PackedShard([FILE]), repo_key="newer")
    answer = store.dedup_answer(ENTRANCE, namespace="ada")
    assert answer is not None
    assert TWO.hash in answer


def test_a_xorb_that_is_gone_is_not_listed(both: Uploads, store: XetStore) -> None:
    both.shard(PackedShard([FILE]))
    body = store.xorb_path(TWO.hash)
    body.with_name(body.name + ".idx").unlink()
    answer = store.dedup_answer(ENTRANCE, namespace="ada")
    assert answer is not None
    assert TWO.hash not in answer


def test_an_answer_stops_at_its_limit_but_holds_the_xorb_asked_for(
    both: Uploads, store: XetStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.shard(PackedShard([FILE, PackedFile.of([(TWO, 0, 2)])]))
    monkeypatch.setattr("openhearth.storage.xet.dedup._ANSWER_MAX_CHUNKS", 3)
    answer = store.dedup_answer(TWO.hashes[0], namespace="ada")
    assert answer is not None
    assert TWO.hash in answer
    assert ONE.hash not in answer


def test_stores_with_different_keys_blind_differently(both: Uploads, db: Database, tmp_path: Path) -> None:
    both.shard(PackedShard([FILE]))
    other = XetStore(db=db, folder=tmp_path / "xet", key=b"o" * 32)
    answer, mine = (
        other.dedup_answer(ENTRANCE, namespace="ada"),
        both.store.dedup_answer(ENTRANCE, namespace="ada"),
    )
    assert answer is not None
    assert mine is not None
    assert _footer(answer)[0] != _footer(mine)[0]
    other.close()


def test_an_answer_keeps_its_xorbs_from_being_collected(
    both: Uploads, store: XetStore, clock: SettableClock
) -> None:
    both.shard(PackedShard([FILE], [ONE, TWO]))  # and no commit
    clock.advance(days=29)
    assert store.dedup_answer(ENTRANCE, namespace="ada")
    clock.advance(days=10)
    assert store.collect().xorbs == 0
    clock.advance(days=25)
    assert store.collect().xorbs == 2
