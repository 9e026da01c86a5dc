from __future__ import annotations

import pytest

from openhearth.protocol.engine import (
    Alternative,
    Cancel,
    Delta,
    FrameReader,
    Generate,
    Message,
    ProtocolError,
    Result,
    Run,
    Sampling,
    Token,
    encode,
)

MESSAGES: list[Message] = [
    Generate(
        request_id=1,
        messages=[{"role": "user", "content": "鋼鉄 🔥"}],
        sampling=Sampling(seed=7),
        stop=["\n"],
    ),
    Run(request_id=2, parameters={"top_k": 3}, payload=bytes(range(256)) * 50),
    Delta(
        request_id=1,
        text="a",
        tokens=[Token(id=4, text="a", logprob=-0.5, top=[Alternative(id=5, text="b", logprob=-1.0)])],
    ),
    Result(request_id=2, output=[{"label": "iron", "score": 0.5}]),
    Cancel(request_id=1),
]


@pytest.mark.parametrize("block_bytes", [1, 7, 4096, 1 << 20])
def test_messages_survive_however_the_bytes_arrive(block_bytes: int) -> None:
    sent = b"".join(encode(message) for message in MESSAGES)
    reader = FrameReader()
    blocks = [sent[at : at + block_bytes] for at in range(0, len(sent), block_bytes)]
    assert [message for block in blocks for message in reader.feed(block)] == MESSAGES


@pytest.mark.parametrize(
    "frame",
    [
        b"\xff\xff\xff\xff\x00\x00\x00\x00",
        b"\x00\x00\x00\x02\x00\x00\x00\x00{}",
        b"\x00\x00\x00\x11\x00\x00\x00\x00" + b'{"kind":"Teapot"}',
        b"\x00\x00\x00\x04\x00\x00\x00\x00null",
    ],
)
def test_what_is_no_frame_is_refused(frame: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(FrameReader().feed(frame))
