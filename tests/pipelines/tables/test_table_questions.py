"""Questions to tables by TAPAS. Random weights point anywhere: what is shown is that they point where transformers says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas
import pytest
from huggingface_hub import TableQuestionAnsweringOutputElement

from openhearth.engine.any_task import load_any_task
from openhearth.errors import Invalid
from openhearth.inference.task_shapes import TaskCall, to_run
from openhearth.pipelines import pipeline
from tests.pipelines.tiny_models import make_tapas

TABLE = {"Metal": ["iron", "steel", "gold"], "Melts at": ["1538", "1370", "1064"]}


@pytest.fixture(scope="module")
def tapas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tapas(tmp_path_factory.mktemp("tapas"))


@pytest.fixture(scope="module")
def ask(tapas: Path) -> Any:
    return pipeline("table-question-answering", model=tapas, device="cpu", threads=1)


def test_the_answer_is_that_of_transformers(ask: Any, tapas: Path) -> None:
    import transformers

    plain = transformers.pipeline("table-question-answering", model=str(tapas), device="cpu")
    for query in ("what melts at 1064 ?", "which metal is hardest ?"):
        theirs = plain(table=TABLE, query=query)
        assert (
            ask(TABLE, query)
            == ask(table=TABLE, query=query)
            == ask({"table": TABLE, "query": query})
            == theirs
        )
        assert set(theirs) >= {"answer", "coordinates", "cells"}
    assert ask(TABLE, ["which metal ?", "how hot ?"]) == plain(
        table=TABLE, query=["which metal ?", "how hot ?"]
    )


def test_numbers_and_files_are_tables_too(ask: Any, tmp_path: Path) -> None:
    frame = pandas.DataFrame({"Metal": TABLE["Metal"], "Melts at": [1538, 1370, 1064]})
    frame.to_csv(tmp_path / "metals.csv", index=False)
    expected = ask(TABLE, "which metal ?")
    assert (
        ask(frame, query="which metal ?")
        == ask(str(tmp_path / "metals.csv"), query="which metal ?")
        == expected
    )


def test_engines_take_what_the_client_sends(ask: Any, tapas: Path) -> None:
    task = load_any_task(
        "table-question-answering", tapas, name="forge/tiny", threads=1, device="cpu", dtype="float32"
    )
    # InferenceClient.table_question_answering names the model among the parameters.
    call = TaskCall(
        inputs={"query": "which metal ?", "table": TABLE},
        parameters={"model": "http://hub/models/forge/tiny"},
    )
    asked = to_run("table-question-answering", call, b"")
    (answer,) = task.compute([task.decode(asked)], asked.parameters)
    assert (
        TableQuestionAnsweringOutputElement.parse_obj_as_instance(answer).answer
        == ask(TABLE, "which metal ?")["answer"]
    )


@pytest.mark.parametrize(
    ("inputs", "query", "words"),
    [
        (TABLE, "", "query: is missing or empty"),
        (TABLE, None, "query: is missing or empty"),
        (TABLE, [], "query: is missing or empty"),
        ({"a": [1, 2], "b": [1]}, "which ?", "'a' has 2 cells"),
        (7, "which ?", "int is no table"),
        ({"a": range(30_000)}, "which ?", "30,000 cells are too many"),
    ],
)
def test_what_cannot_be_asked_is_named(ask: Any, inputs: Any, query: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        ask(inputs, query)
