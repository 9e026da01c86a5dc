"""Boxes of tasks that need no stored model: they learn from, or continue, what is given."""

from __future__ import annotations

import pytest

from openhearth.inference.box.declared import get_box
from tests.inference.conftest import Served
from tests.inference.test_widget import Browser, outcome


@pytest.fixture
def browser(served: Served) -> Browser:
    return Browser(served)


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ("tabular-regression", "mean absolute error"),
        ("time-series-forecasting", "draw-chart__likeliest"),
    ],
)
def test_nobody_tries_a_task_that_needs_no_model(browser: Browser, task: str, says: str) -> None:
    form = browser.visit_task(task)
    assert f'action="/tasks/{task}/try"' in form and "Column to" in form
    page = outcome(browser.try_at(f"/tasks/{task}/try", task=task, **get_box(task).example))
    assert says in page and "notice--bad" not in page


def test_what_is_missing_is_told_in_the_form(browser: Browser) -> None:
    browser.visit_task("tabular-regression")
    table = "length,weight\n" + "\n".join(f"{n},{2 * n}" for n in range(12))
    page = browser.try_at("/tasks/tabular-regression/try", task="tabular-regression", table=table)
    assert "Is missing" in page.partition('id="field-target-error"')[2].partition("</p>")[0]


def test_a_task_that_needs_a_model_has_no_such_box(browser: Browser) -> None:
    assert browser.visit_task("summarization") == ""
    browser.visit_task("tabular-regression")
    assert browser.refused_at("/tasks/summarization/try", task="summarization", text="A") == 404
