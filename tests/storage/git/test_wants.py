"""What a client wants is read packet by packet, however the bytes are cut."""

import pytest

from openhearth.storage.git import WantReader

OID = "1" * 40
SPOKEN = (
    b"0012command=fetch\n0001"
    + f"0032want {OID}\n".encode()
    + f"0032have {'2' * 40}\n".encode()
    + b"0009done\n0000"
)


@pytest.mark.parametrize("step", [1, 3, 7, 1000])
def test_wants_are_found_and_every_byte_passes(step: int) -> None:
    reader, passed, ends = WantReader(), b"", []
    for start in range(0, len(SPOKEN), step):
        for packet, is_end in reader.feed(SPOKEN[start : start + step]):
            passed += packet
            ends.append(is_end)
    assert passed == SPOKEN
    assert ends == [False, False, False, False, False, True]
    assert reader.take() == [OID]
    assert reader.take() == []


def test_what_is_no_packet_passes_for_git_to_refuse() -> None:
    assert [packet for packet, _ in WantReader().feed(b"GET / HTTP/1.1\r\n")] == [b"GET / HTTP/1.1\r\n"]
