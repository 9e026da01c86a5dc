"""Tables by link and from disk, however their writer spelled them."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas
import pytest

from openhearth.errors import Forbidden, NotFound, TooLarge
from openhearth.pipelines.reading import Reader, tables
from openhearth.pipelines.reading.tables import as_table

METALS = pandas.DataFrame({"metal": ["iron", "gold"], "melts at": [1538.5, 1064.0]})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    METALS.to_csv(folder / "metals.csv", index=False)
    METALS.to_parquet(folder / "metals.parquet")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Keep the terminal quiet."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["metals.csv", "metals.parquet"])
def test_a_link_to_a_table_is_read_and_named(site: str, name: str) -> None:
    table, (read,) = Reader("table", allow_private=True).read(f"{site}/{name}")
    pandas.testing.assert_frame_equal(table, METALS, check_dtype=False)
    assert str(read) == f"table {site}/{name}"
    with pytest.raises(Forbidden, match="only public addresses"):
        Reader("table").read(f"{site}/{name}")


def test_a_question_has_its_table_read_beside_it(site: str) -> None:
    asked, _ = Reader("table", allow_private=True).read({"query": "which ?", "table": f"{site}/metals.csv"})
    assert asked["query"] == "which ?" and list(asked["table"]["metal"]) == ["iron", "gold"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("comma.csv", "metal,melts at\niron,1538.5\ngold,1064\n"),
        ("german.csv", "metal;melts at\niron;1538.5\ngold;1064\n"),
        ("tabs.tsv", "metal\tmelts at\niron\t1538.5\ngold\t1064\n"),
        ("spaced.csv", "﻿metal, melts at\r\niron, 1538.5\r\ngold, 1064\r\n"),
    ],
)
def test_columns_are_told_apart_by_whatever_stands_between_them(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_bytes(content.encode())
    table, _ = Reader("table").read(str(tmp_path / name))
    pandas.testing.assert_frame_equal(table, METALS, check_dtype=False)


def test_tables_of_other_libraries_are_tables(tmp_path: Path) -> None:
    import datasets
    import pyarrow

    made: list[Any] = [
        datasets.Dataset.from_dict(METALS.to_dict("list")),
        pyarrow.table(METALS.to_dict("list")),
        METALS.to_dict("records"),
        METALS,
    ]
    for table in made:
        pandas.testing.assert_frame_equal(as_table(table), METALS, check_dtype=False)


def test_what_is_too_large_is_refused_before_it_is_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tables, "CELLS_MAX", 3)
    METALS.to_parquet(tmp_path / "metals.parquet")
    for given in (METALS.to_dict("list"), METALS):
        with pytest.raises(TooLarge, match="2 rows of 2 columns"):
            as_table(given)
    with pytest.raises(TooLarge, match="2 rows of 2 columns"):
        Reader("table").read(tmp_path / "metals.parquet")


def test_a_server_opens_no_table_of_its_own_disk(tmp_path: Path) -> None:
    METALS.to_csv(tmp_path / "metals.csv")
    with pytest.raises(NotFound, match="neither a link nor a file"):
        Reader("table", links_only=True).read(str(tmp_path / "metals.csv"))
