"""Plans and streams: for any range, exactly those bytes."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhearth.errors import EntryNotFound, RangeInvalid
from openhearth.kit.ranges import ByteRange
from openhearth.storage.xet import Plan, XetStore, to_hex
from openhearth.storage.xet.xorb import unpack, walk_chunks
from tests.storage.xet.conftest import Uploads
from tests.storage.xet.packing import PackedFile, PackedShard, PackedXorb

_RANDOM = random.Random(3)
_CHUNKS = [_RANDOM.randbytes(_RANDOM.randint(1, 3000)) for _ in range(60)]
ONE, TWO = PackedXorb(_CHUNKS[:35]), PackedXorb(_CHUNKS[35:], scheme=1)
# Parts of xorbs, out of order, some twice, some touching: what deduplication makes of an edited file.
PIECES = [(ONE, 3, 9), (TWO, 0, 25), (ONE, 9, 35), (ONE, 0, 4), (TWO, 7, 8), (TWO, 8, 12), (ONE, 34, 35)]
CONTENT = b"".join(chunk for xorb, start, end in PIECES for chunk in xorb.chunks[start:end])
FILE = PackedFile.of(PIECES)
NAME = to_hex(FILE.hash)


@pytest.fixture
def edited(store: XetStore, uploads: Uploads) -> XetStore:
    uploads.xorb(ONE)
    uploads.xorb(TWO)
    uploads.shard(PackedShard([FILE]))
    return store


def _reconstruct(store: XetStore, plan: Plan) -> bytes:
    """As a client does: fetch each range once, unpack it, take the terms out of it."""
    fetched: dict[tuple[bytes, int], bytes] = {}
    for xorb, fetches in plan.fetches.items():
        body = store.xorb_path(xorb).read_bytes()
        for fetch in fetches:
            chunks = list(walk_chunks(memoryview(body[fetch.span.start : fetch.span.end])))
            assert len(chunks) == fetch.end - fetch.start
            fetched |= {(xorb, fetch.start + at): bytes(unpack(chunk)) for at, chunk in enumerate(chunks)}
    terms = [b"".join(fetched[term.xorb, at] for at in range(term.start, term.end)) for term in plan.terms]
    assert [len(term) for term in terms] == [term.size_bytes for term in plan.terms]
    return b"".join(terms)[plan.offset_bytes :][: plan.size_bytes]


def test_the_whole_file_comes_back(edited: XetStore) -> None:
    assert b"".join(edited.stream(NAME)) == CONTENT
    assert _reconstruct(edited, edited.plan(NAME)) == CONTENT


@given(first=st.integers(0, len(CONTENT) - 1), length=st.integers(1, len(CONTENT)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_every_range_is_correct_to_the_byte(edited: XetStore, first: int, length: int) -> None:
    span = ByteRange(first, first + length)  # may reach beyond the end
    expected = CONTENT[first : first + length]
    assert b"".join(edited.stream(NAME, span)) == expected
    assert _reconstruct(edited, edited.plan(NAME, span)) == expected


def test_ranges_at_every_edge_of_a_chunk_are_correct(edited: XetStore) -> None:
    sizes = [len(chunk) for xorb, start, end in PIECES for chunk in xorb.chunks[start:end]]
    for edge in np.cumsum(sizes).tolist()[:-1]:
        for start, end in ((edge - 1, edge), (edge, edge + 1), (edge - 1, edge + 1)):
            assert b"".join(edited.stream(NAME, ByteRange(start, end))) == CONTENT[start:end]


def test_a_plan_leaves_out_chunks_that_are_not_needed(edited: XetStore) -> None:
    (term,) = edited.plan(NAME, ByteRange(0, 1)).terms
    assert (term.start, term.end) == (3, 4)


def test_every_term_lies_within_one_range_and_ranges_do_not_touch(edited: XetStore) -> None:
    plan = edited.plan(NAME)
    for term in plan.terms:
        assert any(f.start <= term.start and term.end <= f.end for f in plan.fetches[term.xorb])
    for fetches in plan.fetches.values():
        assert all(before.end < after.start for before, after in pairwise(fetches))


@pytest.mark.parametrize(
    "span", [ByteRange(len(CONTENT), len(CONTENT) + 1), ByteRange(10**12, 10**12 + 5), ByteRange(5, 5)]
)
def test_a_range_without_a_byte_is_refused_at_once(edited: XetStore, span: ByteRange) -> None:
    with pytest.raises(RangeInvalid) as refusal:
        edited.stream(NAME, span)
    assert refusal.value.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


def test_an_unknown_file_is_refused_at_once(store: XetStore) -> None:
    for call in (store.plan, store.stream, store.file_size):
        with pytest.raises(EntryNotFound):
            call("0" * 63 + "1")


def test_a_file_of_many_blocks_streams_in_order_and_may_be_left_early(
    store: XetStore, uploads: Uploads
) -> None:
    chunk = random.Random(5).randbytes(100_000)
    chunks = [at.to_bytes(4, "big") + chunk for at in range(150)]
    xorb = PackedXorb(chunks)
    uploads.xorb(xorb)
    file = PackedFile.of([(xorb, 0, 150)])
    uploads.shard(PackedShard([file]))
    blocks = list(store.stream(to_hex(file.hash)))
    assert len(blocks) == 8
    assert b"".join(blocks) == b"".join(chunks)
    abandoned = store.stream(to_hex(file.hash))
    next(abandoned)
    abandoned.close()  # type: ignore[attr-defined]
    assert next(iter(store.stream(to_hex(file.hash)))) == blocks[0]
