"""Range headers, as RFC 9110 reads them."""

import pytest

from openhearth.errors import RangeInvalid
from openhearth.kit.ranges import ByteRange, parse_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-99", ByteRange(0, 100)),
        ("bytes=50-", ByteRange(50, 100)),
        ("bytes=-10", ByteRange(90, 100)),
        ("bytes=-1000", ByteRange(0, 100)),
        ("bytes=99-99", ByteRange(99, 100)),
        ("bytes=0-100000", ByteRange(0, 100)),
        (None, None),
        ("bytes=0-1,4-5", None),
        ("bytes=9-3", None),
        ("items=0-1", None),
        ("bytes=-", None),
    ],
)
def test_a_range_is_read_or_ignored(header: str | None, expected: ByteRange | None) -> None:
    assert parse_range(header, 100) == expected


@pytest.mark.parametrize(
    ("header", "size_bytes"),
    [("bytes=100-", 100), ("bytes=200-300", 100), ("bytes=0-", 0), ("bytes=-5", 0), ("bytes=-0", 100)],
)
def test_a_range_beyond_the_file_is_refused_with_its_size(header: str, size_bytes: int) -> None:
    with pytest.raises(RangeInvalid) as refusal:
        parse_range(header, size_bytes)
    assert refusal.value.headers["Content-Range"] == f"bytes */{size_bytes}"
