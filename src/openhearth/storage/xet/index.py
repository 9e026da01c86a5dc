"""The index beside every stored xorb: where each chunk lies and what its hash is, 72 bytes a chunk.

Our own format; it can always be rebuilt from the xorb. Chunk ranges are half-open.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openhearth.kit.ranges import ByteRange

Records = NDArray[np.void]

_ROW = np.dtype([("hash", "V32"), ("keyed", "V32"), ("packed_end", "<u4"), ("end", "<u4")])


class XorbIndex:
    """Positions and hashes of the chunks of one xorb."""

    def __init__(self, rows: Records) -> None:
        self._rows = rows

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
        return cls(np.fromfile(path, _ROW))

    def to_bytes(self) -> bytes:
        return self._rows.tobytes()

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
