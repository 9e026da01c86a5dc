"""Learning from the rows of a table, keeping what was learnt, and models of scikit-learn that others saved."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas
import pytest
from sklearn.datasets import load_diabetes, load_iris

from openhearth.engine.any_task import load_any_task
from openhearth.errors import HubError, Invalid, NotFound, Unsupported
from openhearth.pipelines import choice, pipeline
from openhearth.pipelines.model_folder import read_model_folder
from openhearth.pipelines.tables.saving import load_skops
from openhearth.protocol.engine import Run

HIDDEN = {3: "setosa", 80: "versicolor", 140: "virginica"}


@pytest.fixture(scope="module")
def irises() -> Any:
    """150 measured flowers, three of whose species are left out; with a colour, a date and a name that say nothing."""
    found = load_iris(as_frame=True)
    table = found.data.rename(columns=lambda name: name.removesuffix(" (cm)"))
    table["seen"] = [f"2020-01-{1 + i % 28:02}" for i in range(150)]
    table["colour"] = ["red", "blue", None] * 50
    table["name"] = [f"flower {i}" for i in range(150)]
    table["species"] = found.target_names[found.target]
    table.loc[list(HIDDEN), "species"] = None
    return table


@pytest.fixture(scope="module")
def learnt(irises: Any) -> Any:
    pipe = pipeline("tabular-classification")
    pipe(irises, target="species")
    return pipe


def test_empty_cells_of_the_target_are_predicted(learnt: Any) -> None:
    report = learnt.report
    assert dict(zip(report["rows"], report["predictions"], strict=True)) == HIDDEN
    assert learnt.choice.way.how == "gradient boosting learnt from your rows"
    assert learnt([{"sepal length": 5, "sepal width": 3.4, "petal length": 1.4, "petal width": 0.2,
                    "seen": "2020-01-05", "colour": None}]) == ["setosa"]  # fmt: skip


def test_the_report_is_measured_on_rows_kept_apart_beside_a_guess(learnt: Any) -> None:
    held_out = learnt.report["held_out"]
    assert held_out["measure"] == "accuracy" and held_out["rows"] == 37
    assert held_out["value"] >= 0.9 and held_out["guess"] < 0.5


def test_it_says_which_columns_count(learnt: Any) -> None:
    counted = [row["column"] for row in learnt.report["importance"]]
    assert set(counted[:2]) == {"petal length", "petal width"}
    assert learnt.report["left_out"] == ["name"]
    assert abs(next(row["loss"] for row in learnt.report["importance"] if row["column"] == "colour")) < 0.05


def test_what_was_learnt_is_kept_as_a_repo_without_its_rows(learnt: Any, irises: Any, tmp_path: Path) -> None:
    learnt.save_pretrained(tmp_path / "irises")
    found = read_model_folder(tmp_path / "irises")
    assert (found.library, found.task) == ("sklearn", "tabular-classification")
    assert "flower" not in (tmp_path / "irises/config.json").read_text()
    again = pipeline(model=tmp_path / "irises")
    # As the task API has it: columns of texts.
    cells = {name: irises[name].map(str).tolist() for name in irises if name != "species"}
    assert again(cells) == learnt(irises)
    assert printed_by_twin(again) == str(again(cells))
    with pytest.raises(Invalid, match="lacks the column 'petal length'"):
        again(irises[["sepal length", "sepal width"]])
    with pytest.raises(Invalid, match="'long' in the column 'petal length', row 1, is no number"):
        again({**cells, "petal length": ["long"] * 150})


def test_numbers_are_predicted_with_their_error(tmp_path: Path) -> None:
    table = load_diabetes(as_frame=True).frame
    table.to_parquet(tmp_path / "patients.parquet")
    pipe = pipeline("tabular-regression")
    report = pipe(tmp_path / "patients.parquet", target="target")
    assert report["held_out"]["measure"] == "mean absolute error"
    assert report["held_out"]["value"] < 0.9 * report["held_out"]["guess"]
    assert str(pipe.read[0]).startswith("table ")
    assert len(pipe(table)) == len(table) and isinstance(pipe(table)[0], float)


def printed_by_twin(pipe: Any) -> str:
    """What the lines print that stand in for `pipe`'s last call."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        pipe.explain().run()
    return printed.getvalue().strip()


def test_the_twin_learns_and_predicts_the_same(irises: Any, tmp_path: Path) -> None:
    irises.to_csv(tmp_path / "irises.csv", index=False, sep=";")
    pipe = pipeline("tabular-classification")
    report = pipe(str(tmp_path / "irises.csv"), target="species")
    assert printed_by_twin(pipe) == str(report["predictions"])
    small = irises[["petal length", "species"]]
    report = pipe(small, target="species")
    assert printed_by_twin(pipe) == str(report["predictions"])


def test_engines_keep_nothing_of_what_a_table_taught(irises: Any) -> None:
    task = load_any_task(
        "tabular-classification", Path(), name="no stored model", threads=1, device="cpu", dtype="auto"
    )
    columns = {
        name: irises[name].astype(object).where(irises[name].notna(), None).tolist() for name in irises
    }
    (told,) = task.compute([task.decode(Run(request_id=1, inputs=columns))], {"target": "species"})
    assert told["predictions"] == list(HIDDEN.values())
    with pytest.raises(Invalid, match="target: is missing"):
        task.compute([task.decode(Run(request_id=2, inputs=columns))], {})


def test_plain_words_lead_to_it() -> None:
    pipe = pipeline("predict the category of each row of my table")
    assert pipe.choice.task.name == "tabular-classification" and "none is needed" in str(pipe.choice)


def test_no_torch_is_imported() -> None:
    code = (
        "import sys; from openhearth.pipelines import pipeline; p = pipeline('tabular-classification');"
        "p({'a': list(range(20)), 'b': ['x', 'y'] * 10}, target='b'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("table", "target", "words"),
    [
        ({"a": [1, 2], "b": [1]}, "a", "'a' has 2 cells and 'b' has 1"),
        ({"a": "xyz", "b": [1]}, "a", "'a' is no list of cells"),
        ({}, "a", "table: is empty"),
        ([], "a", "table: is empty"),
        ([1, 2], "a", "a list of rows"),
        (5, "a", "int is no table"),
        ({"a": [1] * 20, "b": [2] * 20}, "c", "no column 'c'; the table has a, b"),
        ({"a": [1, 2, None], "b": [2] * 3}, "a", "filled in 2 rows; 10 at least"),
        ({"a": [1] * 20, "b": range(20)}, "a", "every row of 'a' says '1'"),
        ({"a": range(40), "b": range(40)}, "a", "ask for tabular-regression"),
        ({"a": ["x", "y"] * 10, "b": [2] * 20}, "a", "no column to learn from"),
        ({"a": ["x", "y"] * 10, "b": range(20)}, None, "target: is missing"),
    ],
)
def test_what_nothing_can_be_learnt_from_is_named(table: Any, target: str | None, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        pipeline("tabular-classification")(table, target=target)


def test_files_that_hold_no_table_are_named(tmp_path: Path) -> None:
    pipe = pipeline("tabular-regression")
    files = {
        "ragged.csv": (b"a,b\n1,2\n1,2,3,4\n", "as many cells as the first"),
        "empty.csv": (b"", "is empty"),
        "broken.parquet": (b"PAR1 nothing else", "cannot be read"),
        "photo.png": (b"\x89PNG\r\n\0\0\0", "no table that can be read"),
        "half.json": (b'{"a": [1, 2', "no JSON of rows or columns"),
    }
    for name, (content, words) in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Invalid, match=words) as refused:
            pipe(str(tmp_path / name), target="a")
        assert name in refused.value.message
    with pytest.raises(NotFound, match="neither a link nor a file"):
        pipe("nowhere.csv", target="a")


def test_json_rows_and_lines_are_tables(tmp_path: Path) -> None:
    rows = [{"size": i, "price": 3 * i} for i in range(40)]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    values = {
        pipeline("tabular-regression")(given, target="price")["held_out"]["value"]
        for given in (rows, tmp_path / "rows.json", tmp_path / "rows.jsonl", pandas.DataFrame(rows))
    }
    assert len(values) == 1


def test_models_of_others_are_asked_as_they_were_trained(tmp_path: Path) -> None:
    import skops.io
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    found = load_iris(as_frame=True)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(found.data, found.target)
    skops.io.dump(model, tmp_path / "model.skops")
    config = {"sklearn": {"columns": list(found.data.columns), "model": {"file": "model.skops"},
                          "model_format": "skops", "task": "tabular-classification"}}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    pipe = pipeline(model=tmp_path)
    assert pipe.choice.task.name == "tabular-classification"
    texts = {name: found.data[name].map(str).tolist() for name in reversed(found.data.columns)}
    assert pipe(texts) == model.predict(found.data).tolist()
    with pytest.raises(Invalid, match="lacks the column"):
        pipe({"a": [1]})


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlibrary_name: sklearn\npipeline_tag: tabular-regression\n---\n")
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04.")
    (tmp_path / "config.json").write_text(
        '{"sklearn": {"model": {"file": "model.pkl"}, "model_format": "pickle"}}'
    )
    with pytest.raises(Unsupported, match="Pickles and joblib files can run code"):
        pipeline(model=tmp_path)


def run_by_the_file(rows: Any) -> Any:  # a function of somebody's own, which a file may name
    return rows


def test_a_file_that_names_other_code_is_refused_by_its_name(tmp_path: Path) -> None:
    import skops.io
    from sklearn.preprocessing import FunctionTransformer

    file = tmp_path / "model.skops"
    skops.io.dump(FunctionTransformer(run_by_the_file), file)
    with pytest.raises(Unsupported, match="run_by_the_file"):
        load_skops(file, "eve/model")
    file.write_bytes(b"PK no archive")
    with pytest.raises(Invalid, match="cannot be loaded"):
        load_skops(file, "eve/model")


def test_a_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/README.md").write_text(
        "---\nlibrary_name: sklearn\npipeline_tag: tabular-regression\n---\n"
    )
    (tmp_path / "model/config.json").write_text('{"sklearn": {"model": {"file": "../secret.skops"}}}')
    with pytest.raises(HubError, match="secret"):
        pipeline(model=tmp_path / "model")


def test_a_saved_model_that_does_not_fit_is_refused(
    learnt: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt.save_pretrained(tmp_path)
    monkeypatch.setattr(choice, "_free_bytes", lambda: 1000)
    with pytest.raises(HubError, match="needs about"):
        pipeline(model=tmp_path)
