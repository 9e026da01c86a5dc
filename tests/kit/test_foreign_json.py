"""JSON and cursors that strangers wrote come out as values that rows and answers can hold, or not at all."""

import json

import pytest

from openhearth.errors import Invalid
from openhearth.kit.cursors import decode_cursor, encode_cursor
from openhearth.kit.foreign_json import load_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": NaN, "b": [Infinity, -Infinity, 1e400, 1.5]}', {"a": None, "b": [None, None, None, 1.5]}),
        ('["\\ud800x", "\\ud83d\\ude00"]', ["?x", "😀"]),
        ('{"\\udfff": "a\\u0000b"}', {"?": "a\ufffdb"}),
    ],
)
def test_what_is_no_number_or_no_character_is_replaced(text: str, value: object) -> None:
    assert load_json(text) == load_json(text.encode()) == value
    json.dumps(load_json(text), allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "1" * 5000, b"\xff"])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        load_json(text)


@pytest.mark.parametrize(
    "position", [("\ud800",), ("a\0b",), (1 << 63,), (float("inf"),), ([1],), ({"a": 1},), ("a", 1)]
)
def test_a_cursor_that_rows_cannot_be_compared_with_is_refused(position: tuple[object, ...]) -> None:
    with pytest.raises(Invalid, match="cursor"):
        decode_cursor(encode_cursor(*position), 1)  # type: ignore[arg-type]


def test_a_cursor_of_ours_is_read_back() -> None:
    assert decode_cursor(encode_cursor("é/x", -5, None), 3) == ["é/x", -5, None]
