"""The pages of runs over columns, as people with and without an account see them."""

from __future__ import annotations

from html import unescape

import pytest

from tests.columns.conftest import Desk

FIELDS = {
    "model": "ada/judge",
    "task": "text-classification",
    "dataset": "ada/reviews",
    "path": "reviews.csv",
    "column": "text",
}


def test_nobody_is_asked_to_sign_in(desk: Desk) -> None:
    for address in ("/columns", "/columns/new", "/columns/abc"):
        answer = desk.site.nobody.get(address)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    refused = desk.site.nobody.send("/columns/new", {**FIELDS, "rows": "3"}, page="/login")
    assert refused.status_code == 401


def test_a_run_from_the_form_to_a_dataset(desk: Desk) -> None:
    ada = desk.site.ada
    assert "/columns/new?model=ada%2Fjudge&task=text-classification" in ada.read("/ada/judge")
    assert "/columns/new?dataset=ada%2Freviews" in ada.read("/datasets/ada/reviews")
    assert "/columns/new?model=ada%2Fjudge" in ada.read("/tasks/text-classification")
    form = ada.read("/columns/new?model=ada/judge&dataset=ada/reviews")
    assert '<option value="text" selected' in form and "I love it" in form
    started = ada.send("/columns/new", {**FIELDS, "rows": "5"})
    assert started.status_code == 303
    address = started.headers["location"]
    page = ada.read(address)
    assert 'http-equiv="refresh"' in page and "Reading the table" in page
    desk.site.hub.queue.run_due()
    page = ada.read(address)
    assert 'http-equiv="refresh"' not in page
    assert (
        "Rows for each label" in page
        and "2 rows without an answer" in page
        and "Row 3: The cell is empty." in page
    )
    assert "glad" in page and "0.900" in page
    table = ada.get(f"{address}/table.csv")
    assert table.headers["content-disposition"] == 'attachment; filename="predictions.csv"'
    assert table.text.splitlines()[2].startswith("I hate it,1,cross")
    saved = ada.send(f"{address}/save", {"repo": "ada/judged", "path": "out/table.parquet"}, page=address)
    assert saved.headers["location"] == "/datasets/ada/judged/blob/main/out/table.parquet"
    assert desk.site.nobody.get("/datasets/ada/judged").status_code == 401
    again = ada.send(f"{address}/save", {"repo": "ada/judged", "path": "out/table.parquet"}, page=address)
    assert again.status_code == 409 and "choose another name" in again.text
    assert address in ada.read("/columns")
    assert ada.send(f"{address}/delete", {}, page=address).status_code == 303
    ada.read(address, status=404)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"rows": "many"}, "rows: 'many' is no whole number"),
        ({"rows": "9" * 400}, "is no whole number"),
        ({"column": ""}, "column: choose one first"),
        ({"column": "no\0"}, "column: there is no"),
        ({"task": "zero-shot-classification"}, "candidate_labels: is empty"),
        ({"task": "juggling"}, "cannot be run over a column"),
        ({"dataset": "ada/none"}, "ada/none"),
        ({"model": "none"}, "namespace/name"),
    ],
)
def test_a_form_that_cannot_be_run_comes_back_with_a_sentence(
    desk: Desk, changed: dict[str, str], says: str
) -> None:
    answer = desk.site.ada.send("/columns/new", {**FIELDS, "rows": "5", **changed})
    assert 400 <= answer.status_code < 500
    assert says in unescape(answer.text)


def test_eve_sees_no_run_of_another_and_no_private_table(desk: Desk) -> None:
    started = desk.site.ada.send("/columns/new", {**FIELDS, "rows": "5"})
    address, eve = started.headers["location"], desk.site.eve
    eve.read(address, status=404)
    eve.read(f"{address}/table.csv", status=404)
    for verb in ("cancel", "resume", "delete", "save"):
        assert (
            eve.send(f"{address}/{verb}", {"repo": "eve/x", "path": "x.csv"}, page="/columns").status_code
            == 404
        )
    form = eve.read("/columns/new?model=ada/judge&dataset=ada/reviews")
    assert "I love it" not in form and "reviews.csv" not in form
    refused = eve.send("/columns/new", {**FIELDS, "rows": "5"})
    assert refused.status_code in (401, 404) and "I love it" not in refused.text


def test_eve_cannot_save_into_a_dataset_of_ada(desk: Desk) -> None:
    public = desk.site.create("open", kind="dataset")
    desk.site.commit(public, {"reviews.csv": "text\nI love it\n"})
    started = desk.site.eve.send("/columns/new", {**FIELDS, "dataset": "ada/open", "rows": "5"})
    address = started.headers["location"]
    desk.site.hub.queue.run_due()
    refused = desk.site.eve.send(f"{address}/save", {"repo": "ada/open", "path": "x.csv"}, page=address)
    assert refused.status_code == 403
    refused = desk.site.eve.send(f"{address}/save", {"repo": "ada/new", "path": "x.csv"}, page=address)
    assert refused.status_code == 403
    wrong = desk.site.eve.send(f"{address}/save", {"repo": "eve/mine", "path": "x.xlsx"}, page=address)
    assert wrong.status_code == 400 and desk.site.eve.get("/datasets/eve/mine").status_code == 404
