"""Every task that something here can work has a box, whole and with an example."""

from __future__ import annotations

import re

import pytest

from openhearth.inference.box.declared import BOXES, get_box
from openhearth.inference.box.drawings import DRAWS
from openhearth.inference.box.forms import start_of
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


def test_a_model_whose_weights_are_pickles_says_so(widget: Widget) -> None:
    config = {"architectures": ["BertForSequenceClassification"]}
    page = form_of(widget, "text-classification", config=config, safetensors=None)
    assert "holds no model.safetensors" in page and "<form" not in page
    assert "<form" in form_of(
        widget, "text-classification", config=config, safetensors=None, library_name="spacy"
    )


def test_the_examples_of_a_card_are_those_of_its_own_task(widget: Widget) -> None:
    card = {"pipeline_tag": "text-generation", "widget": [{"text": "What is the capital of France?"}]}
    assert "capital of France" in form_of(widget, "text-generation", card=card)
    assert "Bessemer" in form_of(widget, "summarization", card=card)


@pytest.mark.parametrize(
    ("page", "start"),
    [("/tasks/summarization?model=forge/one", "/tasks/summarization?model=forge/one"), ("//else.where", "/forge/one"),
     ("https://else.where", "/forge/one"), ("/\\else.where", "/forge/one"), ("", "/forge/one")],
)  # fmt: skip
def test_starting_over_leads_to_the_page_one_came_from(page: str, start: str) -> None:
    assert start_of(page, "/forge/one") == start
