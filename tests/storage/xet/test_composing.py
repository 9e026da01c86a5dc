"""Xorbs composed of what others hold: only new chunks are stored, and nobody can tell the difference."""

import random
import threading
from pathlib import Path

import pytest

from openhearth.db import Database
from openhearth.kit.ranges import ByteRange
from openhearth.storage.xet import Plan, XetStore, to_hex
from openhearth.storage.xet.xorb import unpack, walk_chunks
from tests.storage.xet.conftest import SettableClock, Uploads
from tests.storage.xet.packing import PackedFile, PackedShard, PackedXorb

_RANDOM = random.Random(11)


def _chunks(count: int) -> list[bytes]:
    """Chunks that nothing else holds, and that do compress."""
    return [_RANDOM.randbytes(_RANDOM.randint(5000, 9000)) * 2 for _ in range(count)]


OLD, OTHER, NEW = _chunks(64), _chunks(40), _chunks(9)
FIRST, SECOND = PackedXorb(OLD), PackedXorb(OTHER, scheme=1)
# New chunks at the start, in the middle and none at the end; what is old was packed otherwise than it is now.
EDITED = PackedXorb(NEW[:5] + OLD[:30] + NEW[5:] + OTHER[10:] + OLD[40:], scheme=1)
REST = PackedXorb(NEW, scheme=1)
CONTENT = b"".join(EDITED.chunks)
FILE = PackedFile.of([(EDITED, 0, len(EDITED.chunks))])
NAME = to_hex(FILE.hash)


@pytest.fixture
def composed(store: XetStore, uploads: Uploads) -> XetStore:
    for xorb in (FIRST, SECOND, EDITED):
        assert uploads.xorb(xorb)
    uploads.shard(PackedShard([FILE], [EDITED]))
    return store


def _count(db: Database, table: str) -> int:
    with db.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def _read(store: XetStore, xorb: bytes, span: ByteRange) -> bytes:
    pieces = store.xorb_pieces(xorb, span)
    return b"".join(piece.path.read_bytes()[piece.span.start : piece.span.end] for piece in pieces)


def _reconstruct(store: XetStore, plan: Plan) -> bytes:
    """As a client does: fetch each range once, unpack it, take the terms out of it."""
    fetched: dict[tuple[bytes, int], bytes] = {}
    for xorb, fetches in plan.fetches.items():
        for fetch in fetches:
            chunks = list(walk_chunks(memoryview(_read(store, xorb, fetch.span))))
            assert len(chunks) == fetch.end - fetch.start
            fetched |= {(xorb, fetch.start + at): bytes(unpack(chunk)) for at, chunk in enumerate(chunks)}
    joined = b"".join(fetched[term.xorb, at] for term in plan.terms for at in range(term.start, term.end))
    return joined[plan.offset_bytes :][: plan.size_bytes]


def _spans(count: int) -> list[ByteRange]:
    starts = [_RANDOM.randrange(len(CONTENT)) for _ in range(count)]
    return [ByteRange(start, start + _RANDOM.randint(1, len(CONTENT))) for start in starts]


def test_only_new_chunks_are_stored(composed: XetStore) -> None:
    assert composed.has_xorb(EDITED.hash)
    assert not composed.xorb_path(EDITED.hash).exists()
    assert composed.xorb_path(REST.hash).read_bytes() == REST.body
    assert composed.stored_bytes() == sum(len(xorb.body) for xorb in (FIRST, SECOND, REST))


def test_a_composed_xorb_answers_as_if_it_had_a_body(composed: XetStore, uploads: Uploads) -> None:
    assert not uploads.xorb(EDITED)
    body = _read(composed, EDITED.hash, ByteRange(0, composed.xorb_size(EDITED.hash)))
    assert [bytes(unpack(chunk)) for chunk in walk_chunks(memoryview(body))] == EDITED.chunks
    plan = composed.plan(NAME)
    assert [(term.xorb, term.start, term.end) for term in plan.terms] == [
        (EDITED.hash, 0, len(EDITED.chunks))
    ]


def test_every_range_is_correct_to_the_byte(composed: XetStore) -> None:
    assert b"".join(composed.stream(NAME)) == CONTENT == _reconstruct(composed, composed.plan(NAME))
    for span in _spans(100):
        expected = CONTENT[span.start : span.end]
        assert b"".join(composed.stream(NAME, span)) == expected
        assert _reconstruct(composed, composed.plan(NAME, span)) == expected


def test_nothing_new_needs_no_body_at_all(store: XetStore, uploads: Uploads) -> None:
    uploads.xorb(FIRST)
    before = store.stored_bytes()
    turned = PackedXorb(OLD[32:] + OLD[:32])
    assert uploads.xorb(turned)
    assert store.stored_bytes() == before
    assert store.verify_xorb(turned.hash)


def test_a_repeated_chunk_is_found_wherever_it_continues(store: XetStore, uploads: Uploads) -> None:
    same = [b"\0" * 16384] * 40
    uploads.xorb(PackedXorb(same + OLD))
    before = store.stored_bytes()
    shorter = PackedXorb(same[:20] + OLD)
    uploads.xorb(shorter)
    assert store.stored_bytes() == before
    assert store.verify_xorb(shorter.hash)


def test_short_runs_are_stored_again(store: XetStore, uploads: Uploads) -> None:
    uploads.xorb(FIRST)
    scattered = PackedXorb([c for at in range(5) for c in [*OLD[at * 12 : at * 12 + 7], OTHER[at]]])
    uploads.xorb(scattered)
    assert store.xorb_path(scattered.hash).read_bytes() == scattered.body


def test_what_saves_too_little_is_stored_as_it_came(store: XetStore, uploads: Uploads) -> None:
    tiny = [chunk[:400] for chunk in OLD]
    uploads.xorb(PackedXorb(tiny))
    again = PackedXorb(tiny[1:])
    uploads.xorb(again)
    assert store.xorb_path(again.hash).exists()


def test_a_version_of_a_version_leads_to_bodies_at_once(composed: XetStore, uploads: Uploads) -> None:
    third = PackedXorb(EDITED.chunks[3:] + EDITED.chunks[:3])
    uploads.xorb(third)
    rest = PackedXorb(NEW[3:] + NEW[:3])  # the runs of new chunks are short, and stored again
    for xorb, homes in ((EDITED, (FIRST, SECOND, REST)), (third, (FIRST, SECOND, rest))):
        pieces = composed.xorb_pieces(xorb.hash, ByteRange(0, composed.xorb_size(xorb.hash)))
        assert {piece.path.name for piece in pieces} == {to_hex(home.hash) for home in homes}
    assert composed.verify_xorb(third.hash)


def test_a_rest_that_is_a_composed_xorb_itself_is_followed_to_its_bodies(
    store: XetStore, uploads: Uploads, db: Database
) -> None:
    uploads.xorb(FIRST)
    uploads.xorb(middle := PackedXorb(OLD[5:60]))  # composed
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM xet_samples")
    uploads.xorb(SECOND)
    uploads.xorb(joined := PackedXorb(OLD[5:30] + OTHER + OLD[30:60]))
    assert not store.xorb_path(middle.hash).exists()
    pieces = store.xorb_pieces(joined.hash, ByteRange(0, store.xorb_size(joined.hash)))
    assert [piece.path.name for piece in pieces] == [to_hex(x.hash) for x in (FIRST, SECOND, FIRST)]
    assert store.verify_xorb(joined.hash)


def test_later_shards_may_refer_to_any_part_of_a_composed_xorb(composed: XetStore, uploads: Uploads) -> None:
    file = PackedFile.of([(EDITED, 33, 60), (FIRST, 0, 9), (EDITED, 0, 7)])
    uploads.shard(PackedShard([file]))
    expected = b"".join(EDITED.chunks[33:60] + OLD[:9] + EDITED.chunks[:7])
    assert b"".join(composed.stream(to_hex(file.hash))) == expected
    answer = composed.dedup_answer(EDITED.hashes[0], namespace="ada")
    assert answer is not None
    assert EDITED.hash in answer
    assert REST.hash not in answer


def test_the_scrub_blames_a_composed_xorb_for_its_homes(composed: XetStore) -> None:
    assert list(composed.damaged_xorbs()) == []
    body = bytearray(SECOND.body)
    body[-20] ^= 1
    composed.xorb_path(SECOND.hash).write_bytes(body)
    assert not composed.verify_xorb(EDITED.hash)
    assert sorted(composed.damaged_xorbs()) == sorted([to_hex(SECOND.hash), to_hex(EDITED.hash)])
    composed.xorb_path(REST.hash).unlink()
    assert to_hex(REST.hash) in set(composed.damaged_xorbs())


# Collection


def test_homes_stay_as_long_as_a_composed_xorb_needs_them(
    composed: XetStore, uploads: Uploads, clock: SettableClock
) -> None:
    old = uploads.file(b"".join(OLD[:3]))  # something else that goes
    composed.link_files("repo", [NAME])
    clock.advance(days=100)
    assert composed.collect().xorbs == 1
    assert not composed.may_read("repo", old.file_hash_hex)
    assert composed.collect().xorbs == 0
    assert b"".join(composed.stream(NAME)) == CONTENT


def test_everything_goes_with_the_last_repo(composed: XetStore, clock: SettableClock, db: Database) -> None:
    composed.link_files("repo", [NAME])
    composed.drop_repo("repo")
    clock.advance(days=31)
    foreseen = composed.collect(dry_run=True)
    assert (foreseen.xorbs, foreseen.size_bytes) == (4, composed.stored_bytes())
    assert composed.collect() == foreseen
    assert not [path for path in composed.xorb_path(FIRST.hash).parents[1].rglob("*") if path.is_file()]
    assert [_count(db, f"xet_{name}") for name in ("xorbs", "compositions", "samples")] == [0, 0, 0]


def test_a_home_that_goes_while_a_xorb_is_composed_is_not_used(
    store: XetStore, uploads: Uploads, db: Database
) -> None:
    uploads.xorb(FIRST)
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM xet_xorbs")  # as a collection does first
    uploads.xorb(turned := PackedXorb(OLD[32:] + OLD[:32]))
    assert store.xorb_path(turned.hash).read_bytes() == turned.body


def test_composing_counts_as_use_of_the_homes(
    store: XetStore, uploads: Uploads, clock: SettableClock
) -> None:
    uploads.xorb(FIRST)
    clock.advance(days=29)
    uploads.xorb(PackedXorb(OLD[32:] + OLD[:32]))
    clock.advance(days=29)
    assert store.collect().xorbs == 0


def test_a_xorb_collected_elsewhere_may_come_back_composed(
    store: XetStore, uploads: Uploads, db: Database, tmp_path: Path, clock: SettableClock
) -> None:
    turned = PackedXorb(OLD[32:] + OLD[:32])
    uploads.xorb(turned)
    assert store.xorb_size(turned.hash)  # in this process's cache
    clock.advance(days=31)
    elsewhere = XetStore(db=db, folder=tmp_path / "xet", key=b"k" * 32, clock=clock)
    assert elsewhere.collect().xorbs == 1
    uploads.xorb(FIRST)
    Uploads(elsewhere).xorb(turned)
    elsewhere.close()
    assert not store.xorb_path(turned.hash).exists()
    assert store.verify_xorb(turned.hash)
    body = _read(store, turned.hash, ByteRange(0, store.xorb_size(turned.hash)))
    assert [bytes(unpack(chunk)) for chunk in walk_chunks(memoryview(body))] == turned.chunks


# Kills


def _remove_rows(db: Database, xorb: PackedXorb, *tables: str) -> None:
    with db.write() as connection:
        for table, column in [name.split(".") for name in tables]:
            connection.exec_driver_sql(f"DELETE FROM xet_{table} WHERE {column} = ?", (xorb.hash,))


def test_a_rest_without_its_composed_xorb_is_taken_up_by_the_next_upload(
    composed: XetStore, uploads: Uploads, db: Database
) -> None:
    body = composed.xorb_path(EDITED.hash)
    body.with_name(f"{body.name}.idx").unlink()
    _remove_rows(db, EDITED, "xorbs.hash", "compositions.xorb")
    _remove_rows(db, REST, "xorbs.hash", "samples.xorb")
    assert not composed.has_xorb(EDITED.hash)
    assert uploads.xorb(EDITED)
    assert list(composed.damaged_xorbs()) == []
    assert composed.stored_bytes() == sum(len(xorb.body) for xorb in (FIRST, SECOND, REST))
    assert _count(db, "xet_compositions") == 3


def test_a_composed_xorb_without_rows_is_completed(
    composed: XetStore, uploads: Uploads, db: Database
) -> None:
    _remove_rows(db, EDITED, "xorbs.hash", "compositions.xorb")
    _remove_rows(db, REST, "xorbs.hash", "samples.xorb")
    assert not composed.has_xorb(EDITED.hash)
    assert not uploads.xorb(EDITED)
    assert composed.has_xorb(EDITED.hash)
    assert (_count(db, "xet_compositions"), _count(db, "xet_xorbs")) == (3, 4)
    assert b"".join(composed.stream(NAME)) == CONTENT


def test_a_composed_xorb_without_rows_whose_home_went_is_made_anew(
    composed: XetStore, uploads: Uploads, db: Database
) -> None:
    _remove_rows(db, EDITED, "xorbs.hash", "compositions.xorb")
    home = composed.xorb_path(SECOND.hash)
    for path in (home, home.with_name(f"{home.name}.idx")):
        path.unlink()
    _remove_rows(db, SECOND, "xorbs.hash", "samples.xorb")
    assert uploads.xorb(EDITED)
    assert composed.verify_xorb(EDITED.hash)
    assert b"".join(composed.stream(NAME)) == CONTENT


# Several at once


@pytest.mark.both_engines
def test_uploads_of_the_same_and_of_overlapping_xorbs_at_once_all_succeed(
    store: XetStore, uploads: Uploads
) -> None:
    uploads.xorb(FIRST)
    overlapping = PackedXorb(NEW + OLD[10:] + OTHER)
    xorbs = [EDITED, overlapping] * 4
    start = threading.Barrier(len(xorbs))
    failures: list[BaseException] = []

    def upload(xorb: PackedXorb) -> None:
        start.wait()
        try:
            uploads.xorb(xorb)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=upload, args=(xorb,)) for xorb in xorbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(store.damaged_xorbs()) == []
    assert not list(store.new_incoming().parent.iterdir())
    uploads.shard(PackedShard([FILE]))
    assert b"".join(store.stream(NAME)) == CONTENT


def test_collecting_beside_uploads_never_takes_what_they_need(
    store: XetStore, uploads: Uploads, clock: SettableClock
) -> None:
    uploads.xorb(FIRST)
    clock.advance(days=31)
    uploads.xorb(SECOND)
    done = threading.Event()

    def collect() -> None:
        while not done.is_set():
            store.collect()

    collector = threading.Thread(target=collect)
    collector.start()
    try:
        for at in range(10):
            xorb = PackedXorb(OLD[at:] + NEW[:3] + OTHER)
            uploads.xorb(xorb)
            assert store.verify_xorb(xorb.hash)
    finally:
        done.set()
        collector.join()
    assert list(store.damaged_xorbs()) == []
