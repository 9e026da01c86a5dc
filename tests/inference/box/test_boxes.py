"""Every task that something here can work has a box, whole and with an example."""

from __future__ import annotations

import re

import pytest

from openhearth.inference.box.declared import BOXES, get_box
from openhearth.inference.box.drawings import DRAWS
from openhearth.inference.box.samples import OWN_FOLDER, list_samples
from openhearth.inference.box.widget import Widget
from openhearth.pipelines.tasks import TASKS
from openhearth.pipelines.ways import RUNNABLE
from tests.inference.box.conftest import form_of
from tests.web.conftest import Elements


def test_every_task_has_a_box_and_every_box_a_task() -> None:
    assert set(BOXES) == set(TASKS)
    assert {box.draws for box in BOXES.values()} <= set(DRAWS)


@pytest.mark.parametrize("task", BOXES)
def test_what_a_call_cannot_do_without_is_asked_for(task: str) -> None:
    asked = {known.goes.rpartition(".")[2] for known in get_box(task).fields}
    # The engine of sentences is asked for their vectors, and a table's question is called query there.
    assert set(TASKS[task].asks) <= asked


@pytest.mark.parametrize("task", RUNNABLE)
def test_a_form_has_a_label_for_each_field_and_an_example(widget: Widget, task: str) -> None:
    form = form_of(widget, task)
    elements = Elements(form)
    ids = elements.values("id")
    assert len(ids) == len(set(ids))
    fields = [
        attributes
        for tag, attributes in elements.found
        if tag in ("input", "textarea", "select") and attributes.get("type") not in ("hidden", "checkbox")
    ]
    assert {attributes["id"] for attributes in fields} <= set(elements.values("for"))
    assert not elements.values("style")
    samples = list_samples({}, get_box(task), href_of=lambda name: name)
    assert samples or not get_box(task).fields, "each task can be tried at once"
    assert all((OWN_FOLDER / sample.src.removeprefix("ours/")).is_file() for sample in samples if sample.src)
    assert re.search(rf'name="task" value="{task}"', form)


def test_a_model_whose_card_names_no_task_has_no_box(widget: Widget) -> None:
    assert form_of(widget, "") == ""


def test_a_task_that_nothing_here_works_says_so(widget: Widget) -> None:
    assert "Models for graph-ml cannot be run here yet" in form_of(widget, "graph-ml")
