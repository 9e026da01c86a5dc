"""Tables as strangers write them: read as far as asked, refused with a sentence, never taking the hub with them."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from openhearth.columns.records import Cell
from openhearth.columns.table_files import (
    bytes_to_read,
    cell_texts,
    read_table,
    text_columns,
    with_columns,
    write_table,
)
from openhearth.columns.values import chart_of, value_of
from openhearth.errors import Invalid, TooLarge, Unsupported


def parquet(table: pa.Table, **options: int) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


TABLE = pa.table({"text": ["a", None, "ü"], "stars": [1, 2, 3], "tags": [["x"], [], None]})


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.csv", "text,stars\na,1\n,2\nü,3\n".encode()),
        ("a.CSV", b"\xef\xbb\xbftext,stars\r\na,1\r\n,2\r\n\xc3\xbc,3\r\n"),
        ("a.tsv", "text\tstars\na\t1\n\t2\nü\t3\n".encode()),
        ("a.jsonl", '{"text": "a", "stars": 1}\n{"text": null, "stars": 2}\n\n{"text": "ü", "stars": 3}'.encode()),
        ("a.json", '[{"text": "a", "stars": 1}, {"stars": 2}, {"text": "ü", "stars": 3}]'.encode()),
        ("a.parquet", parquet(TABLE)),
        ("a.parquet", parquet(TABLE, row_group_size=1)),
    ],
)  # fmt: skip
def test_every_format_is_read_alike(path: str, content: bytes) -> None:
    table = read_table(path, content, 10)
    assert cell_texts(table, "text") == ["a", None, "ü"]
    assert cell_texts(table, "stars") == ["1", "2", "3"]
    assert text_columns(table) == ["text", "stars"]
    assert read_table(path, content, 2).num_rows == 2


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\xff\xfe\x00text"),
        ("a.csv", b"a," * 2000 + b"b\n"),
        ("a.csv", b'text\n"' + b"x" * (2 << 20)),
        ("a.jsonl", b"{"),
        ("a.jsonl", b"7\n8\n"),
        ("a.json", b"[" * 100_000),
        ("a.jsonl", b'{"a": 1}\n{"a": {"b": 2}}\n'),
        ("a.parquet", b"PAR1nonsensePAR1"),
        ("a.parquet", b""),
        ("a.parquet", parquet(TABLE)[:-20]),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(path: str, content: bytes) -> None:
    with pytest.raises(Invalid, match=r"cannot be read as a table \(.+\); mend and push it"):
        read_table(path, content, 10)


def test_how_much_is_read_is_decided_before_it_is_read() -> None:
    assert bytes_to_read("a.csv", 10) == 10
    assert bytes_to_read("a.csv", 10**12) == 64 << 20
    with pytest.raises(TooLarge, match="split it"):
        bytes_to_read("a.parquet", 10**12)
    with pytest.raises(Unsupported, match="no table"):
        bytes_to_read("a.pkl", 10)


def test_a_column_of_other_things_is_refused() -> None:
    table = read_table("a.parquet", parquet(TABLE), 10)
    with pytest.raises(Invalid, match="holds list"):
        cell_texts(table, "tags")


def test_names_that_are_taken_get_a_number() -> None:
    table = with_columns(pa.table({"prediction": [1, 2]}), {"prediction": ["a"], "more": [0.5]})
    assert table.to_pydict() == {"prediction": [1], "prediction_2": ["a"], "more": [0.5]}
    assert json.loads(write_table(table, "jsonl")) == {"prediction": 1, "prediction_2": "a", "more": 0.5}


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ([[{"label": "glad", "score": 0.9}, {"label": "cross", "score": 0.1}]], "glad"),
        ({"sequence": "x", "labels": ["sport", "art"], "scores": [0.8, 0.2]}, "sport"),
        (
            [{"word": "Ada", "entity_group": "PER", "score": 1.0}, {"word": "Rome", "entity": "LOC"}],
            "Ada (PER), Rome (LOC)",
        ),
        ([{"label": "cat", "score": 0.9, "box": {}}, {"label": "cup", "score": 0.8, "box": {}}], "cat, cup"),
        ([{"summary_text": " short "}], "short"),
        ({"text": "said", "chunks": []}, "said"),
        ({"answer": "1874", "score": 0.5, "start": 1, "end": 5}, "1874"),
        ([0.71], 0.71),
        (3, 3.0),
        ([], ""),
        ([[0.1, 0.2], [0.3, 0.4]], "[[0.1, 0.2], [0.3, 0.4]]"),
    ],
)
def test_an_answer_becomes_one_cell(answer: object, value: object) -> None:
    assert value_of(answer).value == value


def test_numbers_are_drawn_in_bins_and_texts_by_their_length() -> None:
    numbers = chart_of([Cell(row, "x", answer=[row]) for row in range(101)])
    assert numbers is not None and numbers.is_histogram
    assert [bar.count for bar in numbers.bars] == [10] * 9 + [11]
    texts = chart_of(
        [Cell(row, "x", answer=[{"summary_text": f"word {row} " * (row + 1)}]) for row in range(30)]
    )
    assert texts is not None and texts.is_histogram and sum(bar.count for bar in texts.bars) == 30
    names = [{"word": f"N{row}", "entity_group": "PER"} for row in range(40)]
    marked = chart_of([Cell(row, "x", answer=[names[row], names[-1]]) for row in range(39)])
    assert marked is not None and [(bar.label, bar.count) for bar in marked.bars] == [("PER", 78)]
    assert chart_of([Cell(0, "x", error="no")]) is None
    # Labels are counted, however many there are; whole numbers are not cut in parts.
    labels = chart_of([Cell(row, "x", answer=[{"label": f"kind {row}", "score": 0.5}]) for row in range(60)])
    assert labels is not None and labels.of == "Rows for each label"
    assert labels.bars[-1].label == "others" and sum(bar.count for bar in labels.bars) == 60
    few = chart_of([Cell(row, "x", answer={"summary_text": f"w{row} " * (1 + row % 4)}) for row in range(14)])
    assert few is not None and [(bar.label, bar.count) for bar in few.bars] == [
        ("1", 4), ("2", 4), ("3", 3), ("4", 3)
    ]  # fmt: skip
