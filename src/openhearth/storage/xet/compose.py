"""Which chunks of a new xorb are stored already, and how to describe it by where they lie. Decides; stores nothing.

Clients find only part of the duplicates: they ask about the first chunk of a file and one in a thousand, and send
all that comes before the first they find. So the store looks once more, at all chunks, when a xorb arrives.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openhearth.storage.xet.index import Run, XorbIndex

RUN_MIN_CHUNKS = 8  # shorter ones would cost readers more in scattered reads than they save
_ALWAYS_WORTH_BYTES = 1 << 20
_NEVER_WORTH_BYTES = 64 << 10
_WORTH_SHARE = 0.05

IndexOf = Callable[[bytes], XorbIndex]
_Places = Mapping[bytes, Sequence[tuple[bytes, int]]]


@dataclass(frozen=True)
class Duplicates:
    """The runs of a new xorb that other xorbs hold, and which of its chunks are in none of them."""

    runs: list[Run]
    is_new: NDArray[np.bool_]

    def gaps(self) -> Iterator[tuple[int, int]]:
        """Where new chunks begin and end."""
        borders: list[int] = np.flatnonzero(np.diff(self.is_new, prepend=False, append=False)).tolist()
        return zip(borders[::2], borders[1::2], strict=True)


def find_duplicates(index: XorbIndex, homes: Mapping[bytes, XorbIndex]) -> Duplicates | None:
    """What of `index` the `homes` hold, or None if it is too little to be worth a composition."""
    runs = [run for run in _find_runs(index.hash_list(), homes) if run.end - run.start >= RUN_MIN_CHUNKS]
    is_new = np.ones(len(index), np.bool_)
    for run in runs:
        is_new[run.start : run.end] = False
    saved_bytes = int(index.packed_sizes()[~is_new].sum())
    worth_bytes = max(_NEVER_WORTH_BYTES, _WORTH_SHARE * index.packed_bytes)
    return Duplicates(runs, is_new) if saved_bytes >= min(_ALWAYS_WORTH_BYTES, worth_bytes) else None


def compose(index: XorbIndex, duplicates: Duplicates, rest: bytes | None, index_of: IndexOf) -> XorbIndex:
    """`index` as that of a composed xorb. `rest`: the xorb of all its new chunks, if there are any."""
    runs = list(duplicates.runs)
    if rest is not None:
        runs += [run for gap in _runs_of_rest(duplicates, rest) for run in _to_bodies(gap, index_of(rest))]
    runs = [_located(run, index_of(run.home)) for run in sorted(runs, key=lambda run: run.start)]
    sizes = [index_of(run.home).packed_sizes()[run.home_start :][: run.end - run.start] for run in runs]
    return index.composed(runs, np.concatenate(sizes))


def _find_runs(mine: list[bytes], homes: Mapping[bytes, XorbIndex]) -> Iterator[Run]:
    """The longest run from each chunk on that a home has."""
    theirs = {home: index.hash_list() for home, index in homes.items()}
    places = _places(theirs)
    at = 0
    while at < len(mine):
        found = [
            Run(at, at + _run_length(mine, at, theirs[home], start), home, start, 0)
            for home, start in places.get(mine[at], ())
        ]
        if found:
            longest = max(found, key=lambda run: run.end)
            yield longest
            at = longest.end
        else:
            at += 1


def _places(theirs: Mapping[bytes, list[bytes]]) -> _Places:
    """Where each chunk comes first in each home."""
    places: defaultdict[bytes, list[tuple[bytes, int]]] = defaultdict(list)
    for home, hashes in theirs.items():
        for start, chunk in enumerate(hashes):
            if not (known := places[chunk]) or known[-1][0] != home:
                known.append((home, start))
    return places


def _run_length(mine: list[bytes], at: int, theirs: list[bytes], start: int) -> int:
    length = 1
    longest = min(len(mine) - at, len(theirs) - start)
    while length < longest and mine[at + length] == theirs[start + length]:
        length += 1
    return length


def _runs_of_rest(duplicates: Duplicates, rest: bytes) -> Iterator[Run]:
    """The runs of new chunks, which lie back to back in `rest`."""
    home_start = 0
    for start, end in duplicates.gaps():
        yield Run(start, end, rest, home_start, 0)
        home_start += end - start


def _to_bodies(run: Run, home: XorbIndex) -> Iterator[Run]:
    """`run` as runs on xorbs that have a body, if its home is composed itself."""
    if not home.runs:
        yield run
    shift = run.start - run.home_start
    for below in home.runs:
        start, end = max(below.start + shift, run.start), min(below.end + shift, run.end)
        if start < end:
            yield Run(start, end, below.home, below.home_start + start - shift - below.start, 0)


def _located(run: Run, home: XorbIndex) -> Run:
    return replace(run, at=home.packed_span(run.home_start, run.home_start + 1).start)
