"""The bytes of a file, for clients that cannot reconstruct it themselves.

Reads and unpacks in threads, a little ahead of the consumer. Hashes nothing: bodies were verified when they
came in.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future

import numpy as np

from openhearth.errors import UpstreamFailed
from openhearth.kit.ranges import ByteRange
from openhearth.storage.xet.folder import Piece
from openhearth.storage.xet.plan import IndexOf, Plan
from openhearth.storage.xet.xorb import unpack, walk_chunks

_BLOCK_BYTES = 2 * 1024 * 1024
_BLOCKS_AHEAD = 2


PiecesOf = Callable[[bytes, ByteRange], Iterator[Piece]]
_Block = list[Piece]  # a run of chunks to be read and unpacked at once


def stream_plan(plan: Plan, *, index_of: IndexOf, pieces_of: PiecesOf, threads: Executor) -> Iterator[bytes]:
    """Yield the bytes of `plan` in blocks of about 2 MiB."""
    skip, left = plan.offset_bytes, plan.size_bytes
    for content in _read_ahead(_split(plan, index_of, pieces_of), threads):
        wanted = content[skip : skip + left]
        skip, left = 0, left - len(wanted)
        yield wanted


def _split(plan: Plan, index_of: IndexOf, pieces_of: PiecesOf) -> Iterator[_Block]:
    for term in plan.terms:
        index = index_of(term.xorb)
        block_of_chunk = index.edges(term.start, term.end)[:-1] // _BLOCK_BYTES
        cuts = (np.flatnonzero(np.diff(block_of_chunk)) + 1 + term.start).tolist()
        for start, end in zip([term.start, *cuts], [*cuts, term.end], strict=True):
            yield list(pieces_of(term.xorb, index.packed_span(start, end)))


def _read_ahead(blocks: Iterator[_Block], threads: Executor) -> Iterator[bytes]:
    first = next(blocks, None)
    if first is None:
        return
    waiting: deque[Future[bytes]] = deque()
    try:
        for block in blocks:
            waiting.append(threads.submit(_read, block))
            if len(waiting) == _BLOCKS_AHEAD:
                break
        yield _read(first)  # by the caller itself: a small range costs no thread
        while waiting:
            content = waiting.popleft().result()
            if (block_ahead := next(blocks, None)) is not None:
                waiting.append(threads.submit(_read, block_ahead))
            yield content
    finally:
        for future in waiting:
            future.cancel()


def _read(block: _Block) -> bytes:
    packed = b"".join(map(read_piece, block)) if len(block) > 1 else read_piece(block[0])
    return b"".join(unpack(chunk) for chunk in walk_chunks(memoryview(packed)))


def read_piece(piece: Piece) -> bytes:
    """Raises UpstreamFailed if the file does not reach that far."""
    with piece.path.open("rb", buffering=0) as file:
        file.seek(piece.span.start)
        packed = file.read(piece.span.length)
    if len(packed) != piece.span.length:
        raise UpstreamFailed(
            f"Stored object {piece.path.name} is shorter than its index says; restore it from a backup."
        )
    return packed
