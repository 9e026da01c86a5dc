"""Tables as programs make them: columns of the same name, names of two levels, numbers without end."""

from __future__ import annotations

import numpy as np
import pandas
import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.reading.tables import as_table


def test_names_of_two_levels_become_one_and_two_of_a_name_are_refused() -> None:
    levels = pandas.MultiIndex.from_tuples([("sold", "mean"), ("sold", "max")])
    assert list(as_table(pandas.DataFrame([[1, 2]], columns=levels)).columns) == ["sold mean", "sold max"]
    with pytest.raises(Invalid, match="two columns are called 'a'; give each a name of its own"):
        as_table(pandas.DataFrame([[1, 2]], columns=["a", "a"]))


def test_a_number_without_end_is_nothing_to_learn_to_say_or_to_continue() -> None:
    table = pandas.DataFrame({"a": range(40), "y": [np.inf, *range(39)]})
    with pytest.raises(
        Invalid, match="inf in the column 'y', row 1, is no number; mend it, or leave it empty"
    ):
        pipeline("tabular-regression")(table, target="y")
    with pytest.raises(Invalid, match="inf in the column 'value', row 2, is no number"):
        pipeline("time-series-forecasting")([1, np.inf] * 20, horizon=2)
    assert pipeline("tabular-regression")(table.assign(y=range(40)), target="y")["held_out"]
