"""Reading xorbs, among them all that a malicious client may send for one."""

import random
import struct

import lz4.frame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhearth.errors import Invalid, TooLarge
from openhearth.storage.xet.hashes import merkle_root
from openhearth.storage.xet.xorb import index_body, unpack, walk_chunks
from tests.storage.xet.packing import PackedXorb, cut, header, pack_chunk

KEY = bytes(range(32))


def _contents(body: bytes) -> list[bytes]:
    return [bytes(unpack(chunk)) for chunk in walk_chunks(memoryview(body))]


@given(
    chunks=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8),
    scheme=st.sampled_from([0, 1, 2]),
)
def test_every_scheme_gives_back_what_was_packed(chunks: list[bytes], scheme: int) -> None:
    xorb = PackedXorb(chunks, scheme)
    assert _contents(xorb.body) == chunks
    index = index_body(memoryview(xorb.body), key=KEY)
    assert merkle_root(index.hashes(), index.sizes()) == xorb.hash
    assert index.packed_bytes == len(xorb.body)


def test_schemes_may_be_mixed_in_a_xorb() -> None:
    chunks = cut(random.Random(1).randbytes(4000), 1000)
    body = b"".join(pack_chunk(chunk, at % 3) for at, chunk in enumerate(chunks))
    assert _contents(body) == chunks


def test_an_old_clients_footer_is_left_out() -> None:
    body = PackedXorb([b"one", b"two"]).body
    index = index_body(memoryview(body + b"XETBLOB" + bytes(200)), key=KEY)
    assert index.packed_bytes == len(body)
    assert len(index) == 2


_CHUNK = bytes(range(256)) * 4
_FRAME = lz4.frame.compress(_CHUNK)

_MALFORMED = {
    "empty": b"",
    "a footer alone": b"XETBLOB" + bytes(100),
    "half a header": header(5, 5)[:4],
    "half a chunk": header(5, 5) + b"abcd",
    "half a second header": pack_chunk(b"abc") + b"\0\0",
    "another version": header(3, 3, version=1) + b"abc",
    "an unknown scheme": header(3, 3, scheme=3) + b"abc",
    "the scheme that is never sent": header(3, 3, scheme=99) + b"abc",
    "an empty chunk": header(0, 0),
    "a chunk of more than 128 KiB": header(131073, 131073) + bytes(131073),
    "a payload of more than 256 KiB": header(262145, 5, scheme=1) + bytes(262145),
    "stored, another length": header(3, 4) + b"abc",
    "no LZ4 frame": header(9, 9, scheme=1) + b"no frame!",
    "half an LZ4 frame": header(len(_FRAME) - 4, 1024, scheme=1) + _FRAME[:-4],
    "more than an LZ4 frame": header(len(_FRAME) + 1, 1024, scheme=1) + _FRAME + b"x",
    "a frame longer than declared": header(len(_FRAME), 1023, scheme=1) + _FRAME,
    "a frame shorter than declared": header(len(_FRAME), 1025, scheme=1) + _FRAME,
    "a grouped frame shorter than declared": header(len(_FRAME), 1025, scheme=2) + _FRAME,
}


@pytest.mark.parametrize("body", _MALFORMED.values(), ids=_MALFORMED.keys())
def test_a_malformed_xorb_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match=r"^xorb: "):
        index_body(memoryview(body), key=KEY)


def test_an_lz4_bomb_is_stopped_at_its_declared_size() -> None:
    bomb = lz4.frame.compress(bytes(40 << 20))
    assert len(bomb) < 262144
    with pytest.raises(Invalid, match=r"another length|one LZ4 frame"):
        index_body(memoryview(header(len(bomb), 131072, scheme=1) + bomb), key=KEY)


def test_a_flood_of_zeros_is_stopped_at_64_mib() -> None:
    chunk = pack_chunk(bytes(131072), 1)
    assert len(index_body(memoryview(chunk * 512), key=KEY)) == 512
    with pytest.raises(TooLarge, match="64 MiB"):
        index_body(memoryview(chunk * 513), key=KEY)


def test_8192_chunks_are_allowed_and_8193_are_not() -> None:
    chunk = pack_chunk(b"x")
    assert len(index_body(memoryview(chunk * 8192), key=KEY)) == 8192
    with pytest.raises(TooLarge, match="8192 chunks"):
        index_body(memoryview(chunk * 8193), key=KEY)


@given(st.binary(max_size=200))
def test_noise_is_refused_with_a_sentence_or_walked(noise: bytes) -> None:
    try:
        index = index_body(memoryview(noise), key=KEY)
    except Invalid:
        return
    assert index.packed_bytes <= len(noise)


@given(st.data())
def test_no_flipped_bit_keeps_the_hash(data: st.DataObject) -> None:
    xorb = PackedXorb([b"some content", b"more of it"])
    body = bytearray(xorb.body)
    payloads = [at for at in range(len(body)) if at not in range(8) and at not in range(20, 28)]
    body[data.draw(st.sampled_from(payloads))] ^= 1 << data.draw(st.integers(0, 7))
    index = index_body(memoryview(bytes(body)), key=KEY)
    assert merkle_root(index.hashes(), index.sizes()) != xorb.hash


def test_the_index_says_where_chunks_lie() -> None:
    index = index_body(memoryview(PackedXorb([b"a" * 10, b"b" * 20, b"c" * 30]).body), key=KEY)
    assert index.sizes() == [10, 20, 30]
    assert index.sizes(1, 2) == [20]
    assert index.edges(1, 3).tolist() == [0, 20, 50]
    assert (index.packed_span(1, 2).start, index.packed_span(1, 2).end) == (18, 46)
    assert struct.calcsize("<32s32sII") * 3 == len(index.to_bytes())
