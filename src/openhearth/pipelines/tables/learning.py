"""tabular-classification and tabular-regression without a stored model: learns from the rows that are given.

Rows whose target is filled teach, the others are predicted. How good that is, is measured on rows that were kept apart,
and beside it stands what guessing would reach. Trees of gradient boosting (scikit-learn): they take numbers of any size,
categories and empty cells as they are.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.inspection import permutation_importance
from sklearn.metrics import accuracy_score, mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from openhearth.errors import Invalid
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.reading.tables import as_table
from openhearth.pipelines.tables.columns import Column, as_numbers, columns_of, is_empty, prepared
from openhearth.pipelines.tables.saving import save_learnt

ROWS_MIN = 10
CLASSES_MAX = 100
HELD_OUT_SHARE = 0.25
SEED = 0
_CATEGORIES_MAX = 250  # rarer ones are taken together
_LEAF_MAX, _LEAF_SHARE = 20, 20  # rows in a leaf: as scikit-learn has it, fewer where there are few rows
_MEASURED_ROWS_MAX = 2_000
_REPEATED_COLUMNS_MAX = 50


class Learnt:
    """What was learnt from the last table with a target, if it `keeps` that. `report` is what `__call__` gave for it."""

    def __init__(self, task: str, *, keeps: bool = True) -> None:
        self.task, self.keeps = task, keeps
        self.model: Any = None
        self.columns: Sequence[Column] = ()
        self.target: str | None = None
        self.report: dict[str, Any] = {}

    def __call__(self, inputs: Any = None, *, target: str | None = None, table: Any = None) -> Any:
        """Learn where `target` is given, else predict every row with what was learnt before.

        Learning gives `{"predictions", "rows", "held_out", "importance", "left_out"}`: `rows` counts from 0, `held_out` says
        the measure, its value, what a guess reaches and over how many rows. Predicting gives a list.
        """
        given = as_table(table if inputs is None else inputs)
        if target is not None:
            return self._learn(given, target)
        if self.model is None:
            raise Invalid(
                "target: is missing; name the column to predict, filled in some rows.", param="target"
            )
        return self.model.predict(prepared(given, self.columns)).tolist()

    def save_pretrained(self, folder: str | Path) -> None:
        """Write what was learnt as a repo of the library sklearn: `pipeline(task, model=folder)` loads it."""
        if self.model is None or self.target is None:
            raise Invalid("save_pretrained: nothing was learnt yet; call with a table and a target first.")
        save_learnt(Path(folder), self.task, self.model, self.columns, self.target, self.report["held_out"])

    def _learn(self, table: Any, target: str) -> dict[str, Any]:
        if target not in table.columns:
            raise Invalid(
                f"target: there is no column {target!r}; the table has {', '.join(table.columns)}.",
                param="target",
            )
        empty = is_empty(table[target]).to_numpy()
        known = table[~empty]
        if len(known) < ROWS_MIN:
            raise Invalid(
                f"target: {target!r} is filled in {len(known)} rows; {ROWS_MIN} at least are needed to learn from."
            )
        answers = self._checked_answers(known[target], target)
        columns, left_out = columns_of(known, without=target)
        if not columns:
            raise Invalid("table: holds no column to learn from beside the target; add one.", param="table")
        rows = prepared(known, columns)
        held_out, importance = self._measure(rows, answers, columns)
        model = self._fit(rows, answers, columns)
        asked = np.flatnonzero(empty)
        predicted = model.predict(prepared(table[empty], columns)).tolist() if len(asked) else []
        report = {
            "predictions": predicted, "rows": asked.tolist(), "held_out": held_out, "importance": importance,
            "left_out": left_out,
        }  # fmt: skip
        if self.keeps:  # an engine serves many people: what one of them teaches is not shown to the next
            self.model, self.columns, self.target, self.report = model, columns, target, report
        return report

    @property
    def _classifies(self) -> bool:
        return self.task == "tabular-classification"

    def _checked_answers(self, cells: Any, target: str) -> Any:
        if not self._classifies:
            return as_numbers(cells, target, finite=True).to_numpy()
        answers = cells.map(str).to_numpy().astype(str)
        classes = len(set(answers))
        if classes < 2:
            raise Invalid(
                f"target: every row of {target!r} says {str(answers[0])!r}; there is nothing to tell apart."
            )
        if classes > min(CLASSES_MAX, len(answers) // 2):
            raise Invalid(
                f"target: {target!r} has {classes} different values in {len(answers)} rows, which are too many kinds; "
                "for numbers, ask for tabular-regression."
            )
        return answers

    def _measure(
        self, rows: Any, answers: Any, columns: Sequence[Column]
    ) -> tuple[dict[str, Any], list[Any]]:
        """How well the rows that were kept apart are predicted, and how much worse without each column."""
        alike = answers if self._classifies and min(np.unique(answers, return_counts=True)[1]) > 1 else None
        seen, unseen, taught, hidden = _split(rows, answers, alike)
        measure = accuracy_score if self._classifies else mean_absolute_error
        guess = DummyClassifier() if self._classifies else DummyRegressor()
        model = self._fit(seen, taught, columns)
        held_out = {
            "measure": "accuracy" if self._classifies else "mean absolute error",
            "value": float(measure(hidden, model.predict(unseen))),
            "guess": float(measure(hidden, guess.fit(seen, taught).predict(unseen))),
            "rows": len(hidden),
        }
        some, their = unseen[:_MEASURED_ROWS_MAX], hidden[:_MEASURED_ROWS_MAX]
        scoring = "accuracy" if self._classifies else "neg_mean_absolute_error"
        repeats = 5 if len(columns) <= _REPEATED_COLUMNS_MAX else 1
        found = permutation_importance(
            model, some, their, scoring=scoring, n_repeats=repeats, random_state=SEED
        )
        lost = [
            {"column": column.name, "loss": float(loss)}
            for column, loss in zip(columns, found.importances_mean, strict=True)
        ]
        return held_out, sorted(lost, key=lambda one: -one["loss"])

    def _fit(self, rows: Any, answers: Any, columns: Sequence[Column]) -> Any:
        words = OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=_CATEGORIES_MAX
        )
        categories = [column.name for column in columns if column.kind == "category"]
        boosting = HistGradientBoostingClassifier if self._classifies else HistGradientBoostingRegressor
        leaf = max(1, min(_LEAF_MAX, len(rows) // _LEAF_SHARE))
        model = Pipeline([
            ("columns", ColumnTransformer([("categories", words, categories)], remainder="passthrough")),
            ("trees", boosting(random_state=SEED, min_samples_leaf=leaf)),
        ])  # fmt: skip
        return model.fit(rows, answers)


def _split(rows: Any, answers: Any, alike: Any) -> tuple[Any, Any, Any, Any]:
    try:
        parts = train_test_split(rows, answers, test_size=HELD_OUT_SHARE, random_state=SEED, stratify=alike)
    except ValueError:  # more classes than rows to keep apart
        parts = train_test_split(rows, answers, test_size=HELD_OUT_SHARE, random_state=SEED)
    return tuple(parts)


def load(found: FoundModel, task: str, options: PipelineOptions) -> Learnt:
    return Learnt(task, keeps=options.keeps)
