"""table-question-answering: a table and a question in, the cells that answer it out, as transformers' pipeline gives it.

Cells become texts here, which is what its models read.
"""

from collections.abc import Mapping
from typing import Any

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.reading.tables import as_table
from openhearth.pipelines.through_transformers import load as load_native

CELLS_MAX = 20_000


class TableQuestionAnswering:
    def __init__(self, native: Any) -> None:
        self.native = native
        self.model, self.tokenizer = native.model, native.tokenizer

    def __call__(self, inputs: Any = None, query: Any = None, *, table: Any = None, **parameters: Any) -> Any:
        """`{"answer", "coordinates", "cells", "aggregator"}`, or a list of them for a list of queries.

        `inputs` is the table, or `{"table", "query"}`, or a list of these.
        """
        if isinstance(inputs, list) and inputs and all(_is_question(one) for one in inputs):
            return [self(one, **parameters) for one in inputs]
        if _is_question(inputs):
            table, query = inputs.get("table"), inputs["query"]
        elif inputs is not None:
            table = inputs
        if table is None:
            raise Invalid(
                "table: is missing; give a DataFrame, a dict of columns, or a CSV or Parquet file.",
                param="table",
            )
        queries = query if isinstance(query, list) else [query]
        if not queries or not all(isinstance(one, str) and one.strip() for one in queries):
            raise Invalid("query: is missing or empty; ask something about the table.", param="query")
        return self.native(table=_as_texts(table), query=query, **parameters)


def _is_question(inputs: Any) -> bool:
    return isinstance(inputs, Mapping) and "query" in inputs and not isinstance(inputs["query"], Mapping)


def _as_texts(table: Any) -> Any:
    found = as_table(table)
    if found.size > CELLS_MAX:
        raise Invalid(
            f"table: {found.size:,} cells are too many to be read at once; give {CELLS_MAX:,} at most."
        )
    return found.map(lambda cell: "" if cell is None or cell != cell else str(cell)).reset_index(drop=True)


def load(found: FoundModel, task: str, options: PipelineOptions) -> TableQuestionAnswering:
    return TableQuestionAnswering(load_native(found, task, options))
