"""Reading the header of a safetensors file that anyone may have written."""

import json

import numpy as np
import pytest
from safetensors.numpy import save

from openhearth.cards import read_safetensors_header
from openhearth.cards.safetensors import Read
from openhearth.errors import Invalid


def reader(content: bytes) -> Read:
    return lambda start, length: content[start : start + length]


def with_header(header: object) -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


def test_parameters_are_counted_by_dtype() -> None:
    content = save({"a": np.zeros((3, 4), np.float32), "b": np.zeros(5, np.float16)})
    header = read_safetensors_header(reader(content))
    assert header.parameters == {"F32": 12, "F16": 5}
    assert {tensor.name: tensor.shape for tensor in header.tensors} == {"a": (3, 4), "b": (5,)}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 8,
        (1 << 62).to_bytes(8, "little") + b"{}",
        (100).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[[",
        with_header([]),
        with_header({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}),
        with_header({"a": {"dtype": "F32", "shape": [1 << 61, 1 << 61], "data_offsets": [0, 4]}}),
        with_header({"a": {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]}}),
        with_header({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0]}}),
        with_header({"a": 7}),
    ],
)
def test_a_false_header_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Invalid, match="safetensors: "):
        read_safetensors_header(reader(content))


def test_a_huge_length_is_refused_before_anything_is_read_for_it() -> None:
    lengths: list[int] = []

    def read(start: int, length: int) -> bytes:
        lengths.append(length)
        return (1 << 40).to_bytes(8, "little")[:length]

    with pytest.raises(Invalid):
        read_safetensors_header(read)
    assert lengths == [8]
