"""Reconstruction plans: which chunks of which xorbs, in which order, make a file or a part of it.

Chunk ranges and byte spans are half-open here; the wire spells byte ends inclusively. Every term lies within
one range of its xorb, as clients require (xet-core: file reconstruction).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from openhearth.errors import RangeInvalid
from openhearth.kit.ranges import ByteRange
from openhearth.storage.xet.index import Records, XorbIndex

IndexOf = Callable[[bytes], XorbIndex]


@dataclass(frozen=True)
class PlannedTerm:
    """Chunks `start` to `end` of a xorb, `size_bytes` when unpacked."""

    xorb: bytes
    start: int
    end: int
    size_bytes: int


@dataclass(frozen=True)
class FetchRange:
    """Chunks `start` to `end` of a xorb and where they lie in its body."""

    start: int
    end: int
    span: ByteRange


@dataclass(frozen=True)
class Plan:
    """`size_bytes` asked for; `offset_bytes` of the first term come before them."""

    offset_bytes: int
    size_bytes: int
    terms: list[PlannedTerm]
    fetches: dict[bytes, list[FetchRange]]


def make_plan(terms: Records, span: ByteRange | None, index_of: IndexOf) -> Plan:
    """The plan for `span` (None: everything) of the file that `terms` make. Raises RangeInvalid."""
    ends = np.cumsum(terms["unpacked"].astype(np.int64))
    size_bytes = int(ends[-1]) if len(ends) else 0
    wanted = _clamp(span, size_bytes)
    if not wanted.length:
        return Plan(0, 0, [], {})
    first = int(np.searchsorted(ends, wanted.start, "right"))
    begin = int(ends[first - 1]) if first else 0
    planned: list[PlannedTerm] = []
    offset_bytes = 0
    for term in terms[first:]:
        if begin >= wanted.end:
            break
        trimmed, skipped = _trim(term, ByteRange(wanted.start - begin, wanted.end - begin), index_of)
        if not planned:
            offset_bytes = wanted.start - begin - skipped
        planned.append(trimmed)
        begin += int(term["unpacked"])
    return Plan(offset_bytes, wanted.length, planned, _fetch_ranges(planned, index_of))


def _clamp(span: ByteRange | None, size_bytes: int) -> ByteRange:
    if span is None or (size_bytes == 0 and span.start == 0):
        return ByteRange(0, size_bytes)
    if not 0 <= span.start < min(span.end, size_bytes):
        raise RangeInvalid(
            f"Range: bytes {span.start} to {span.end - 1} lie outside the {size_bytes} bytes of this file.",
            headers={"Content-Range": f"bytes */{size_bytes}"},
        )
    return ByteRange(span.start, min(span.end, size_bytes))


def _trim(term: Records, wanted: ByteRange, index_of: IndexOf) -> tuple[PlannedTerm, int]:
    """`term` without chunks outside `wanted` (counted from its start), and how many bytes went in front."""
    xorb, start, end = term["xorb"].tobytes(), int(term["start"]), int(term["end"])
    edges = index_of(xorb).edges(start, end)
    low = int(np.searchsorted(edges, wanted.start, "right")) - 1 if wanted.start > 0 else 0
    high = int(np.searchsorted(edges, wanted.end, "left")) if wanted.end < int(edges[-1]) else end - start
    skipped = int(edges[low])
    return PlannedTerm(xorb, start + low, start + high, int(edges[high]) - skipped), skipped


def _fetch_ranges(terms: list[PlannedTerm], index_of: IndexOf) -> dict[bytes, list[FetchRange]]:
    wanted: defaultdict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for term in terms:
        wanted[term.xorb].append((term.start, term.end))
    return {
        xorb: [
            FetchRange(start, end, index_of(xorb).packed_span(start, end)) for start, end in _merge(ranges)
        ]
        for xorb, ranges in wanted.items()
    }


def _merge(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join overlapping and adjacent ranges."""
    ordered = sorted(ranges)
    start, end = ordered[0]
    for next_start, next_end in ordered[1:]:
        if next_start <= end:
            end = max(end, next_end)
        else:
            yield start, end
            start, end = next_start, next_end
    yield start, end
