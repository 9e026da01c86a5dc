"""The hashes of the Xet protocol: chunks, xorbs, files, ranges, and their string form.

Pure functions over bytes; knows no file and no table. The keys, the string form and the shape of the Merkle
tree are dictated by the protocol (huggingface/xet-core: merklehash, chunk_verification; hub-docs: docs/xet).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from openhearth.errors import Invalid

HASH_BYTES = 32
EMPTY_FILE_HASH = bytes(HASH_BYTES)

_DATA_KEY = bytes.fromhex("6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229")
_NODE_KEY = bytes.fromhex("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f")
_RANGE_KEY = bytes.fromhex("7f1857d6ce56ed66127ff913e7a5c3f3a4cd26d5b5db49e64124987f28fb94c3")
_FILE_KEY = bytes(HASH_BYTES)

_HEX = re.compile(r"[0-9a-f]{64}")
_NODE_MIN_CHILDREN, _NODE_MAX_CHILDREN = 3, 9
_SLICE = 1 << 15  # nodes spelled at once: bounds the memory for files of millions of chunks


def to_hex(raw: bytes) -> str:
    """Spell a hash as the protocol does: four little-endian words, each as 16 hex digits."""
    return _swap_words(raw).hex()


def from_hex(text: str, *, field: str = "hash") -> bytes:
    """Read the string form of a hash. Raises Invalid."""
    if not _HEX.fullmatch(text):
        raise Invalid(f"{field}: {text[:80]!r} is no Xet hash; give 64 lowercase hex digits.")
    return _swap_words(bytes.fromhex(text))


def _swap_words(raw: bytes) -> bytes:
    return raw[7::-1] + raw[15:7:-1] + raw[23:15:-1] + raw[31:23:-1]


def sort_key(raw: bytes) -> bytes:
    """Order hashes as the protocol does: by their words, which is the order of the string form."""
    return _swap_words(raw)


def chunk_hash(content: bytes | memoryview) -> bytes:
    return blake3(content, key=_DATA_KEY).digest()


def range_hash(chunk_hashes: bytes) -> bytes:
    """Hash the chunk hashes of a term: whoever can give it has had the chunks."""
    return blake3(chunk_hashes, key=_RANGE_KEY).digest()


def keyed_hash(key: bytes, raw: bytes) -> bytes:
    """Blind a chunk hash, so that those who have the chunk recognise it and nobody else can use it."""
    return blake3(raw, key=key).digest()


def file_hash(chunk_hashes: bytes, sizes: Sequence[int]) -> bytes:
    """The identity of a file, from all its chunks in order."""
    if not chunk_hashes:
        return EMPTY_FILE_HASH
    return blake3(merkle_root(chunk_hashes, sizes), key=_FILE_KEY).digest()


def merkle_root(hashes: bytes, sizes: Sequence[int]) -> bytes:
    """Fold `hashes` (32 bytes each) into one. The root of a xorb's chunks is the xorb's hash."""
    if not hashes:
        return EMPTY_FILE_HASH
    while len(hashes) > HASH_BYTES:
        hashes, sizes = _fold_level(hashes, sizes)
    return hashes


def _fold_level(hashes: bytes, sizes: Sequence[int]) -> tuple[bytes, list[int]]:
    """One level of the tree. A node ends with a third or later child that is 0 mod 4, or with the ninth."""
    folded: list[bytes] = []
    folded_sizes: list[int] = []
    lines: list[str] = []
    total = 0
    for (name, is_cut), size in zip(_spell(hashes), sizes, strict=True):
        lines.append(f"{name} : {size}\n")
        total += size
        count = len(lines)
        if count == _NODE_MAX_CHILDREN or (is_cut and count >= _NODE_MIN_CHILDREN):
            folded.append(_node_hash(lines))
            folded_sizes.append(total)
            lines, total = [], 0
    if lines:
        folded.append(_node_hash(lines))
        folded_sizes.append(total)
    return b"".join(folded), folded_sizes


def _node_hash(lines: list[str]) -> bytes:
    return blake3("".join(lines).encode(), key=_NODE_KEY).digest()


def _spell(hashes: bytes) -> Iterator[tuple[str, bool]]:
    """Each hash in its string form, and whether it is 0 mod 4."""
    step = _SLICE * HASH_BYTES
    return chain.from_iterable(_spell_slice(hashes[at : at + step]) for at in range(0, len(hashes), step))


def _spell_slice(hashes: bytes) -> Iterator[tuple[str, bool]]:
    text = np.frombuffer(hashes, "<u8").byteswap().tobytes().hex()
    cuts: list[bool] = ((_last_words(hashes) & np.uint64(3)) == 0).tolist()
    return ((text[64 * i : 64 * i + 64], is_cut) for i, is_cut in enumerate(cuts))


def find_dedup_eligible(hashes: bytes) -> list[int]:
    """The positions of the chunks that clients ask about: those whose hash is 0 mod 1024."""
    positions: list[int] = np.flatnonzero((_last_words(hashes) & np.uint64(1023)) == 0).tolist()
    return positions


def _last_words(hashes: bytes) -> NDArray[np.uint64]:
    """The protocol's `hash % n` looks at the last word alone."""
    return np.frombuffer(hashes, "<u8").reshape(-1, 4)[:, 3]
