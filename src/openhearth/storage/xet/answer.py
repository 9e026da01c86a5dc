"""Answers to dedup queries: a shard that tells a client which chunks are stored, by blinded hashes.

A client recognises the chunks it has; to others the answer tells nothing, and nobody can build a term from it
without having the chunk. Format: huggingface/xet-core metadata_shard (shard with footer and lookup tables).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openhearth.storage.xet.hashes import sort_key
from openhearth.storage.xet.index import Records, XorbIndex
from openhearth.storage.xet.shard import BOOKEND, CHUNK, FOOTER_BYTES, RECORD_BYTES, TAG, VERSION

_FOOTER_VERSION = 1
_XORB_LOOKUP_BYTES = 12
_CHUNK_LOOKUP = np.dtype([("hash", "<u8"), ("xorb_record", "<u4"), ("chunk", "<u4")])


@dataclass(frozen=True)
class Validity:
    """Unix seconds between which a client may use an answer."""

    created_at: int
    expires_at: int


def write_answer(xorbs: Sequence[tuple[bytes, XorbIndex]], *, key: bytes, validity: Validity) -> bytes:
    """A shard of `xorbs` whose chunk hashes are blinded by `key`."""
    section: list[bytes] = []
    xorb_lookup: list[bytes] = []
    chunk_lookup: list[Records] = []
    record = packed_bytes = unpacked_bytes = 0
    for raw, index in sorted(xorbs, key=lambda pair: sort_key(pair[0])):
        section += [
            raw,
            struct.pack("<4I", 0, len(index), index.unpacked_bytes, index.packed_bytes),
            _chunks(index),
        ]
        xorb_lookup.append(raw[:8] + struct.pack("<I", record))
        chunk_lookup.append(_lookup(index, record))
        record += 1 + len(index)
        packed_bytes += index.packed_bytes
        unpacked_bytes += index.unpacked_bytes
    chunks = np.concatenate(chunk_lookup)
    chunks = chunks[np.argsort(chunks["hash"])]
    head = [struct.pack("<32s2Q", TAG, VERSION, FOOTER_BYTES), BOOKEND]
    xorb_lookup_at = RECORD_BYTES * (len(head) + record + 1)
    chunk_lookup_at = xorb_lookup_at + _XORB_LOOKUP_BYTES * len(xorb_lookup)
    footer = struct.pack(
        "<9Q32s2Q48x4Q",
        *(_FOOTER_VERSION, RECORD_BYTES, 2 * RECORD_BYTES),  # where the sections begin
        *(xorb_lookup_at, 0),  # no file lookup
        *(xorb_lookup_at, len(xorb_lookup)),
        *(chunk_lookup_at, len(chunks)),
        *(key, validity.created_at, validity.expires_at),
        *(packed_bytes, 0, unpacked_bytes, chunk_lookup_at + chunks.nbytes),
    )
    return b"".join([*head, *section, BOOKEND, *xorb_lookup, chunks.tobytes(), footer])


def _chunks(index: XorbIndex) -> bytes:
    records = np.zeros(len(index), CHUNK)
    edges = index.edges(0, len(index))
    records["hash"] = np.frombuffer(index.keyed_hashes(), "V32")
    records["offset"] = edges[:-1]
    records["size"] = np.diff(edges)
    return records.tobytes()


def _lookup(index: XorbIndex, record: int) -> Records:
    rows = np.zeros(len(index), _CHUNK_LOOKUP)
    rows["hash"] = np.frombuffer(index.keyed_hashes(), "<u8").reshape(-1, 4)[:, 0]
    rows["xorb_record"] = record
    rows["chunk"] = np.arange(len(index))
    return rows
