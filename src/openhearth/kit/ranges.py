"""The Range header of RFC 9110 section 14, for one range."""

import re
from dataclasses import dataclass

from openhearth.errors import RangeInvalid

_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")


@dataclass(frozen=True)
class ByteRange:
    """A half-open range of bytes: `start` inclusive, `end` exclusive."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def content_range(self, size_bytes: int) -> str:
        return f"bytes {self.start}-{self.end - 1}/{size_bytes}"


def parse_range(header: str | None, size_bytes: int) -> ByteRange | None:
    """Read a Range header against a body of `size_bytes`.

    None means "send everything": no header, another unit, several ranges or a malformed one, all of which
    RFC 9110 lets a server ignore. Raises RangeInvalid if no byte satisfies it.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None
    if start >= end:
        raise RangeInvalid(
            f"Range: {header!r} lies outside the {size_bytes} bytes of this file.",
            headers={"Content-Range": f"bytes */{size_bytes}"},
        )
    return ByteRange(start, end)
