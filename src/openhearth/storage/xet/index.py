"""The index beside every stored xorb: where each chunk lies and what its hash is, 72 bytes a chunk.

Our own format; that of a xorb with a body can be rebuilt from it. A composed xorb has no body: its index begins
with a tagged row and ends with runs, which say in the bodies of which other xorbs its chunks lie. Offsets into
a composed xorb count as if its runs lay back to back. Chunk ranges are half-open.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openhearth.kit.ranges import ByteRange

Records = NDArray[np.void]

_ROW = np.dtype([("hash", "V32"), ("keyed", "V32"), ("packed_end", "<u4"), ("end", "<u4")])
# The chunks of a composed xorb up to `end` are those of `home` from `home_start`, whose body has them at `at`.
_RUN = np.dtype([("home", "V32"), ("end", "<u4"), ("home_start", "<u4"), ("at", "<u4")])
_COMPOSED = b"openhearth composed xorb, form 1".ljust(32, b"\0")
_SAMPLED_ONE_IN = 32


@dataclass(frozen=True)
class Run:
    """Chunks `start` to `end` of a composed xorb, which are those of `home` from `home_start`.

    `at`: the offset of the first in the body of `home`.
    """

    start: int
    end: int
    home: bytes
    home_start: int
    at: int


class XorbIndex:
    """Positions and hashes of the chunks of one xorb, and of a composed one its runs."""

    def __init__(self, rows: Records, runs: Iterable[Run] = ()) -> None:
        self._rows = rows
        self.runs = tuple(runs)

    @classmethod
    def build(
        cls, hashes: bytes, keyed: bytes, packed_ends: Sequence[int], ends: Sequence[int]
    ) -> "XorbIndex":
        rows = np.zeros(len(ends), _ROW)
        rows["hash"] = np.frombuffer(hashes, "V32")
        rows["keyed"] = np.frombuffer(keyed, "V32")
        rows["packed_end"] = packed_ends
        rows["end"] = ends
        return cls(rows)

    @classmethod
    def read(cls, path: Path) -> "XorbIndex":
        """Raises FileNotFoundError."""
        content = path.read_bytes()
        if not content.startswith(_COMPOSED):
            return cls(np.frombuffer(content, _ROW))
        count = int(np.frombuffer(content, _ROW, 1)["end"][0])
        rows = np.frombuffer(content, _ROW, count, _ROW.itemsize)
        return cls(rows, _read_runs(content[(count + 1) * _ROW.itemsize :]))

    def to_bytes(self) -> bytes:
        if not self.runs:
            return self._rows.tobytes()
        head = np.zeros(1, _ROW)
        head["hash"] = np.frombuffer(_COMPOSED, "V32")
        head["end"] = len(self)
        runs = np.array([(run.home, run.end, run.home_start, run.at) for run in self.runs], _RUN)
        return head.tobytes() + self._rows.tobytes() + runs.tobytes()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def packed_bytes(self) -> int:
        return int(self._rows["packed_end"][-1])

    @property
    def unpacked_bytes(self) -> int:
        return int(self._rows["end"][-1])

    def hashes(self, start: int = 0, end: int | None = None) -> bytes:
        return self._rows["hash"][start:end].tobytes()

    def keyed_hashes(self) -> bytes:
        return self._rows["keyed"].tobytes()

    def hash_list(self) -> list[bytes]:
        hashes: list[bytes] = self._rows["hash"].tolist()
        return hashes

    def words(self) -> list[int]:
        """The first eight bytes of every chunk's hash, as signed numbers."""
        words: list[int] = self._words()[:, 0].tolist()
        return words

    def sample_words(self) -> list[int]:
        """Those of the first, the last and every 32nd chunk: enough to find this xorb by what is in it."""
        words = self._words()
        is_sampled = words[:, 1] % _SAMPLED_ONE_IN == 0
        is_sampled[[0, -1]] = True
        sampled: list[int] = np.unique(words[is_sampled, 0]).tolist()
        return sampled

    def _words(self) -> NDArray[np.int64]:
        return np.frombuffer(self.hashes(), "<i8").reshape(-1, 4)

    def homes(self) -> list[bytes]:
        """The xorbs in whose bodies the chunks of this composed xorb lie."""
        return list(dict.fromkeys(run.home for run in self.runs))

    def packed_sizes(self) -> NDArray[np.int64]:
        """Stored sizes of the chunks, headers included."""
        ends = self._rows["packed_end"].astype(np.int64)
        return ends - np.concatenate((np.zeros(1, np.int64), ends[:-1]))

    def only(self, is_wanted: NDArray[np.bool_]) -> "XorbIndex":
        """The index of a xorb of only the wanted chunks, packed as they are here."""
        rows = self._rows[is_wanted]
        rows["packed_end"] = np.cumsum(self.packed_sizes()[is_wanted])
        rows["end"] = np.cumsum(np.diff(self.edges(0, len(self)))[is_wanted])
        return XorbIndex(rows)

    def composed(self, runs: Sequence[Run], packed_sizes: NDArray[np.int64]) -> "XorbIndex":
        """The index of this xorb if its chunks lie where `runs` say, with these stored sizes."""
        rows = self._rows.copy()
        rows["packed_end"] = np.cumsum(packed_sizes)
        return XorbIndex(rows, runs)

    def pieces(self, span: ByteRange) -> Iterator[tuple[bytes, ByteRange]]:
        """Where bytes of this composed xorb lie: homes, and spans of their bodies, in order."""
        for run in self.runs:
            whole = self.packed_span(run.start, run.end)
            start, end = max(span.start, whole.start), min(span.end, whole.end)
            if start < end:
                shift = run.at - whole.start
                yield run.home, ByteRange(start + shift, end + shift)

    def edges(self, start: int, end: int) -> NDArray[np.int64]:
        """Where each of the chunks begins and the last one ends, unpacked, counted from the first of them."""
        ends = self._rows["end"][start:end].astype(np.int64)
        first = int(self._rows["end"][start - 1]) if start else 0
        return np.concatenate((np.zeros(1, np.int64), ends - first))

    def sizes(self, start: int = 0, end: int | None = None) -> list[int]:
        """Unpacked sizes of the chunks."""
        sizes: list[int] = np.diff(self.edges(start, len(self) if end is None else end)).tolist()
        return sizes

    def packed_span(self, start: int, end: int) -> ByteRange:
        """Where chunks `start` to `end` lie in the stored xorb, headers included."""
        first = int(self._rows["packed_end"][start - 1]) if start else 0
        return ByteRange(first, int(self._rows["packed_end"][end - 1]))


def _read_runs(content: bytes) -> Iterator[Run]:
    start = 0
    for home, end, home_start, at in np.frombuffer(content, _RUN).tolist():
        yield Run(start, end, home, home_start, at)
        start = end
