"""Registering shards: everything a shard says must be proved, and nothing is kept of one that fails."""

import struct
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhearth.db import Database
from openhearth.errors import Conflict, EntryNotFound, Invalid, TooLarge
from openhearth.storage.xet import XetStore, to_hex
from openhearth.storage.xet.hashes import EMPTY_FILE_HASH
from openhearth.storage.xet.shard import BOOKEND, parse_shard
from tests.storage.xet.conftest import Uploads
from tests.storage.xet.packing import PackedFile, PackedShard, PackedXorb, cut

FIRST = PackedXorb(cut(bytes(range(256)) * 200, 4000))
SECOND = PackedXorb(cut(bytes(range(255)) * 100, 3000), scheme=2)
FILE = PackedFile.of([(FIRST, 2, 9), (SECOND, 0, len(SECOND.chunks)), (FIRST, 0, 1)])
GOOD = PackedShard([FILE], [FIRST, SECOND])


@pytest.fixture
def both(uploads: Uploads) -> Uploads:
    uploads.xorb(FIRST)
    uploads.xorb(SECOND)
    return uploads


def test_a_file_of_several_xorbs_is_kept_as_it_was(both: Uploads, store: XetStore) -> None:
    assert both.shard(GOOD) == 1
    expected = b"".join([*FIRST.chunks[2:9], *SECOND.chunks, FIRST.chunks[0]])
    assert b"".join(store.stream(to_hex(FILE.hash))) == expected
    assert store.file_size(to_hex(FILE.hash)) == len(expected)


def test_registering_again_changes_nothing(both: Uploads) -> None:
    assert both.shard(GOOD) == 1
    assert both.shard(GOOD) == 0


def test_a_shard_with_a_footer_is_read_to_its_second_bookend(both: Uploads) -> None:
    body = bytearray(GOOD.body)
    struct.pack_into("<Q", body, 40, 200)
    assert both.shard(bytes(body) + bytes(260)) == 1


def test_a_file_without_a_sha256_is_kept_without_a_claim(both: Uploads, store: XetStore) -> None:
    both.shard(PackedShard([FILE.but(sha256=None)]))
    assert store.file_size(to_hex(FILE.hash)) > 0
    assert store.list_unverified_claims() == []


def test_an_empty_file_may_be_registered(both: Uploads, store: XetStore) -> None:
    both.shard(PackedShard([PackedFile(hash=EMPTY_FILE_HASH, terms=[])]))
    assert store.file_size(to_hex(EMPTY_FILE_HASH)) == 0
    assert list(store.stream(to_hex(EMPTY_FILE_HASH))) == []


_LIES: dict[str, PackedFile] = {
    "another file hash": FILE.but(hash=bytes(31) + b"\1"),
    "a range hash that is not its term's": FILE.but_term(0, proof=FILE.terms[1].proof),
    "a range hash of zeros": FILE.but_term(0, proof=bytes(32)),
    "terms in another order": FILE.but(terms=FILE.terms[::-1]),
    "a term left out": FILE.but(terms=FILE.terms[:-1]),
    "a longer term": FILE.but_term(0, unpacked=FILE.terms[0].unpacked + 1),
    "a term outside its xorb": FILE.but_term(2, start=0, end=len(FIRST.chunks) + 1),
    "a term far outside its xorb": FILE.but_term(2, start=2**32 - 2, end=2**32 - 1),
    "an empty term": FILE.but_term(2, start=1, end=1, unpacked=0),
    "a term backwards": FILE.but_term(2, start=2, end=1),
    "an unknown xorb": FILE.but_term(1, xorb=bytes(32)),
    "no proofs": FILE.but(flags=0),
    "terms but the empty file's hash": FILE.but(hash=EMPTY_FILE_HASH),
    "no terms but a hash": FILE.but(terms=[]),
}


@pytest.mark.parametrize("file", _LIES.values(), ids=_LIES.keys())
def test_a_lie_about_a_file_is_refused(both: Uploads, store: XetStore, file: PackedFile) -> None:
    with pytest.raises(Invalid, match=r"^(shard: |unknown xorb )"):
        both.shard(PackedShard([file], [FIRST, SECOND]))


def test_nothing_is_kept_if_one_file_of_many_is_a_lie(both: Uploads, store: XetStore) -> None:
    with pytest.raises(Invalid):
        both.shard(PackedShard([FILE, FILE.but(hash=bytes(32))]))
    with pytest.raises(EntryNotFound):
        store.file_size(to_hex(FILE.hash))
    assert not store.may_read("repo", to_hex(FILE.hash), uploader="ada")


def test_a_xorb_that_is_not_stored_cannot_be_referred_to(uploads: Uploads) -> None:
    with pytest.raises(Invalid, match="unknown xorb"):
        uploads.shard(GOOD)


def test_a_listing_must_be_the_stored_xorbs(both: Uploads) -> None:
    other = PackedXorb([b"x"])
    for lying in (FIRST.entry().replace(FIRST.hash, SECOND.hash, 1), FIRST.hash + other.entry()[32:]):
        body = PackedShard([FILE]).body[: -len(BOOKEND)] + lying + BOOKEND
        with pytest.raises(Invalid, match="lists other chunks"):
            both.shard(body)


def test_knowing_a_xorbs_hash_gives_nothing_without_its_chunks(both: Uploads, store: XetStore) -> None:
    # Eve knows hash, length and size of ada's xorb, but never had its content: she cannot hash the range.
    guessed = FILE.terms[1]
    stolen = PackedFile(
        hash=FILE.hash, terms=[guessed.__class__(SECOND.hash, 0, guessed.end, guessed.unpacked, bytes(32))]
    )
    with pytest.raises(Invalid, match="not verified by its hash"):
        both.shard(PackedShard([stolen]), repo_key="eves", uploader="eve", namespace="eve")
    assert not store.may_read("eves", to_hex(FILE.hash), uploader="eve")


def test_a_file_beyond_the_limit_is_refused_before_it_is_hashed(uploads: Uploads, store: XetStore) -> None:
    flood = FILE.but(terms=[FILE.terms[0].__class__(bytes(32), 0, 1, 2**32 - 1, bytes(32))] * 200)
    with pytest.raises(TooLarge, match="at most"):
        uploads.shard(PackedShard([flood]))
    many = FILE.but(terms=flood.terms[:100])
    with pytest.raises(TooLarge, match="several commits"):
        uploads.shard(PackedShard([many] * 5))


def _with(offset: int, layout: str, value: int) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        changed = bytearray(body)
        struct.pack_into(layout, changed, offset, value)
        return bytes(changed)

    return change


_MALFORMED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda body: b"",
    "a header alone": lambda body: body[:48],
    "another tag": lambda body: b"x" + body[1:],
    "another version": _with(32, "<Q", 3),
    "cut anywhere": lambda body: body[:-100],
    "cut within a record": lambda body: body[:-7],
    "no last bookend": lambda body: body[:-48],
    "bytes behind the end": lambda body: body + bytes(48),
    "one term more than there is": _with(48 + 36, "<I", 4),
    "four billion terms": _with(48 + 36, "<I", 2**32 - 1),
    "no bookend at all": lambda body: body.replace(BOOKEND, bytes(48)),
}


@pytest.mark.parametrize("change", _MALFORMED.values(), ids=_MALFORMED.keys())
def test_a_malformed_shard_is_refused(both: Uploads, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Invalid, match=r"^(shard: |unknown xorb )"):
        both.shard(change(GOOD.body))


@given(at=st.integers(0, len(GOOD.body) - 1), bit=st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_a_flipped_bit_is_refused_or_changes_nothing_that_is_kept(
    both: Uploads, store: XetStore, at: int, bit: int
) -> None:
    body = bytearray(GOOD.body)
    body[at] ^= 1 << bit
    try:
        both.shard(bytes(body), repo_key=f"flipped-{at}-{bit}")
    except Invalid:
        return
    (kept,) = parse_shard(bytes(body)).files
    assert kept.hash == FILE.hash
    expected = b"".join([*FIRST.chunks[2:9], *SECOND.chunks, FIRST.chunks[0]])
    assert b"".join(store.stream(to_hex(FILE.hash))) == expected


@given(st.binary(max_size=400))
def test_noise_behind_a_good_header_is_refused_or_read(noise: bytes) -> None:
    try:
        parse_shard(GOOD.body[:48] + noise)
    except Invalid:
        return
    assert noise.count(BOOKEND) >= 2


def test_a_xorb_collected_meanwhile_makes_the_upload_start_again(
    both: Uploads, store: XetStore, db: Database
) -> None:
    assert store.xorb_size(FIRST.hash)  # in this process's cache
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM xet_xorbs")
    with pytest.raises(Conflict, match="no longer stored"):
        both.shard(GOOD)
