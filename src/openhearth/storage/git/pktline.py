"""Packet lines, git's framing on the wire (gitprotocol-common(5)), and the side bands of a push's answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from openhearth.errors import Invalid

FLUSH = b"0000"
_BAND_PAYLOAD = 65515
BAND_REPORT, BAND_PROGRESS = 1, 2


def packet(payload: bytes) -> bytes:
    return b"%04x%s" % (len(payload) + 4, payload)


def read_exactly(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes, fewer only at the end: a pipe gives what it has."""
    content = stream.read(size)
    while len(content) < size and (more := stream.read(size - len(content))):
        content += more
    return content


def read_packets(stream: IO[bytes]) -> Iterator[bytes]:
    """Payloads up to the next flush packet. Raises Invalid if the stream is no sequence of packets."""
    while True:
        head = read_exactly(stream, 4)
        try:
            length = int(head, 16)
        except ValueError:
            raise Invalid("body: is not in git's packet format; use a git client.") from None
        if length == 0:
            return
        payload = read_exactly(stream, length - 4) if length >= 4 else b""
        if length < 4 or len(payload) != length - 4:
            raise Invalid("body: ends within a packet; push again.")
        yield payload


def on_band(band: int, content: bytes) -> bytes:
    """`content` as packets of one side band."""
    pieces = (content[n : n + _BAND_PAYLOAD] for n in range(0, len(content), _BAND_PAYLOAD))
    return b"".join(packet(bytes([band]) + piece) for piece in pieces)


def progress(lines: Iterable[str]) -> bytes:
    """Lines that the person at the other end reads behind `remote: `."""
    return b"".join(on_band(BAND_PROGRESS, f"{line}\n".encode()) for line in lines)
